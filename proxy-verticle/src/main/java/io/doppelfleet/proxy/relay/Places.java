package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.doppelfleet.fleet.address.AddressBits;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The different addresses from which a secret's clients came within a time; of IPv6 each /64. Who
 * comes from one that this node hasn't seen waits for a control, which knows those of other nodes
 * too, by their {@link PlaceTokens}; where it counts none, or doesn't answer, the node counts its
 * own alone. May be used on any thread, but for what is told and answered: by one after the other.
 */
final class Places {
  /** So long after an answer that there are too many nobody waits for another. */
  private static final long FULL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Peers peers;
  private final LongSupplier nanoTime;
  private @Nullable AddressLimit limit;
  private @Nullable PlaceTokens tokens;

  /** When each was seen last, on {@link System#nanoTime}'s clock; the longest ago comes first. */
  private final Map<AddressBits, Long> seen = new LinkedHashMap<>(16, 0.75f, true);

  /** Those of them that a control hasn't heard of since they were seen. */
  private final Set<AddressBits> untold = new LinkedHashSet<>();

  /** Those whom the question under way tells of. */
  private final List<AddressBits> telling = new ArrayList<>();

  /** Which control has heard of the others. */
  private long control;

  private boolean full;
  private long fullSince;
  private List<Waiting> waiting = new ArrayList<>();

  /** Those of them whom the question under way counts. */
  private List<Waiting> asked = List.of();

  /** By which it tells of them. */
  private @Nullable PlaceTokens askedBy;

  /** From where they come, with the tokens of it that the question has. */
  private final Map<AddressBits, Integer> wanted = new LinkedHashMap<>();

  private record Waiting(AddressBits place, Promise<Boolean> room, EventLoop loop) {
    void end(boolean admitted) {
      loop.execute(() -> room.complete(admitted));
    }
  }

  /** Without a limit. */
  Places(Peers peers, LongSupplier nanoTime) {
    this.peers = peers;
    this.nanoTime = nanoTime;
  }

  /**
   * From now on this holds; null: no limit.
   *
   * @param key the secret's newest; null where there is no limit
   */
  synchronized void limit(@Nullable AddressLimit next, @Nullable KeyGeneration key) {
    limit = next;
    full = false;
    if (next == null || key == null) {
      List<Waiting> all = new ArrayList<>(asked);
      all.addAll(waiting);
      asked = List.of();
      waiting = new ArrayList<>();
      all.forEach(each -> each.end(true));
      tokens = null;
      seen.clear();
      untold.clear();
    } else if (tokens == null || !tokens.areUnder(key)) {
      tokens = new PlaceTokens(key);
      untold.addAll(seen.keySet());
    }
  }

  /**
   * Whether a client from there is one of so many; then it was seen now. On its event loop, at once
   * or when a control has answered.
   */
  synchronized Future<Boolean> admit(AddressBits from, EventLoop loop) {
    AddressBits place = from.network();
    if (limit == null || isKnown(place)) {
      return Future.succeededFuture(true);
    }
    if (!peers.answer()) {
      return Future.succeededFuture(isRoomAlone(place));
    }
    if ((full && nanoTime.getAsLong() - fullSince < FULL_NANOS)
        || waiting.size() + asked.size() >= LimitQuestion.MOST_TOKENS) {
      return Future.succeededFuture(false);
    }
    Waiting waits = new Waiting(place, Promise.promise(), loop);
    waiting.add(waits);
    peers.ask();
    return waits.room.future();
  }

  private boolean isKnown(AddressBits place) {
    forget();
    boolean known = seen.containsKey(place);
    if (known) {
      see(place);
    }
    return known;
  }

  private void forget() {
    AddressLimit now = limit;
    Iterator<Map.Entry<AddressBits, Long>> oldest = seen.entrySet().iterator();
    while (now != null && oldest.hasNext()) {
      Map.Entry<AddressBits, Long> next = oldest.next();
      if (nanoTime.getAsLong() - next.getValue() < now.window().toNanos()) {
        return;
      }
      untold.remove(next.getKey());
      oldest.remove();
    }
  }

  private void see(AddressBits place) {
    seen.put(place, nanoTime.getAsLong());
    untold.add(place);
  }

  /** Of this node's part. */
  private boolean isRoomAlone(AddressBits place) {
    AddressLimit now = limit;
    boolean room = now == null || isKnown(place) || seen.size() < peers.alone(now.count());
    if (room) {
      see(place);
    }
    return room;
  }

  /** Whether somebody waits whom no question counts yet. */
  synchronized boolean isAwaited() {
    return !waiting.isEmpty();
  }

  /**
   * What a control is told, who then answers; null: nothing is limited, or has happened.
   *
   * @param most tokens, of those of which nobody waits
   */
  LimitQuestion.@Nullable Addresses use(int most) {
    PlaceTokens own = next(most);
    if (own == null) {
      return null;
    }
    // Outside the lock: clients come while a thousand digests are made.
    wanted.replaceAll((place, unknown) -> own.of(place));
    List<Integer> told = telling.stream().map(own::of).distinct().toList();
    return wanted.isEmpty() && told.isEmpty()
        ? null
        : new LimitQuestion.Addresses(
            own.generation(), wanted.values().stream().distinct().toList(), told);
  }

  /** Takes what is to be told by these tokens; null: nothing is. */
  private synchronized @Nullable PlaceTokens next(int most) {
    if (limit == null || tokens == null) {
      return null;
    }
    if (control != peers.control()) { // it has heard nothing of what another was told
      control = peers.control();
      untold.addAll(seen.keySet());
    }
    asked = waiting;
    askedBy = tokens;
    waiting = new ArrayList<>();
    wanted.clear();
    asked.forEach(each -> wanted.put(each.place, 0));
    telling.clear();
    Iterator<AddressBits> next = untold.iterator();
    while (telling.size() < most && next.hasNext()) {
      telling.add(next.next());
      next.remove();
    }
    return tokens;
  }

  /**
   * A control has answered.
   *
   * @param admitted tokens of those who may come; null: there was no answer, or it counts none
   */
  synchronized void answered(@Nullable List<Integer> admitted) {
    if (admitted == null) {
      telling.stream().filter(seen::containsKey).forEach(untold::add);
    }
    Set<Integer> may = admitted == null ? Set.of() : new HashSet<>(admitted);
    for (Waiting each : asked) {
      boolean in;
      if (admitted == null) {
        in = isRoomAlone(each.place);
      } else {
        in = may.contains(wanted.get(each.place));
        if (in) {
          see(each.place);
          if (tokens == askedBy) { // else it is to be told by those of now
            untold.remove(each.place);
          }
        } else {
          full = true;
          fullSince = nanoTime.getAsLong();
        }
      }
      each.end(in);
    }
    asked = List.of();
  }
}
