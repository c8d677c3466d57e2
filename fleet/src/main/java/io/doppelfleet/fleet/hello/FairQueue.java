package io.doppelfleet.fleet.hello;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.stream.LongStream;

/**
 * Tokens that wait, each owner's in their order. In a round each owner has one turn; where there is
 * no room, who has more than a fair share of it loses its oldest, which is of use for the least
 * time.
 */
final class FairQueue {
  private final int most;
  private final Map<String, Deque<Long>> byOwner = new LinkedHashMap<>();
  private int size;
  private long dropped;

  FairQueue(int most) {
    this.most = most;
  }

  void add(String owner, long token) {
    Deque<Long> own = byOwner.get(owner);
    if (size == most) {
      int share = most / byOwner.size();
      if (own != null && own.size() >= share) {
        own.removeFirst();
        own.add(token);
        dropped++;
        return;
      }
      dropOneOf(share);
      own = byOwner.get(owner);
    }
    if (own == null) {
      own = new ArrayDeque<>(4);
      byOwner.put(owner, own);
    }
    own.add(token);
    size++;
  }

  /** There is one: not all have less than the mean. */
  private void dropOneOf(int share) {
    Iterator<Deque<Long>> owners = byOwner.values().iterator();
    while (owners.hasNext()) {
      Deque<Long> each = owners.next();
      if (each.size() >= share) {
        each.removeFirst();
        if (each.isEmpty()) {
          owners.remove();
        }
        size--;
        dropped++;
        return;
      }
    }
  }

  /** Takes so many at most, in rounds. */
  void take(int count, ObjLongConsumer<String> taker) {
    for (int i = Math.min(count, size); i > 0; i--) {
      Iterator<Map.Entry<String, Deque<Long>>> owners = byOwner.entrySet().iterator();
      Map.Entry<String, Deque<Long>> first = owners.next();
      String owner = first.getKey();
      Deque<Long> tokens = first.getValue();
      owners.remove(); // and behind the others, where it has more
      size--;
      taker.accept(owner, tokens.removeFirst());
      if (!tokens.isEmpty()) {
        byOwner.put(owner, tokens);
      }
    }
  }

  LongStream all() {
    return byOwner.values().stream().flatMap(Deque::stream).mapToLong(Long::longValue);
  }

  int size() {
    return size;
  }

  long dropped() {
    return dropped;
  }
}
