package io.doppelfleet.proxy.greeting;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose search is next: the addresses take turns, and those that lately sent a hello of no secret
 * come after all others. So one that sends many hellos delays itself.
 */
final class SearchQueue {
  private static final Logger LOG = LoggerFactory.getLogger(SearchQueue.class);

  /** Bound of the searches that wait: with the hellos that they hold, some 8 MB at most. */
  static final int BOUND = 4096;

  /** Addresses whose last hello was of no secret, a power of two; collisions cost only a turn. */
  private static final int MARKS = 1 << 12;

  /** One turn in so many is a suspect's, whoever else waits: clients may share its address. */
  private static final int SUSPECTS_EVERY = 4;

  /** How long a hello of no secret counts against its address. */
  private static final long MARK_NANOS = 60_000_000_000L;

  private final Map<InetAddress, Queue<Search>> welcome = new LinkedHashMap<>();
  private final Map<InetAddress, Queue<Search>> suspect = new LinkedHashMap<>();
  private final long[] marks = new long[MARKS];
  private int size;
  private int turns;

  /**
   * One search.
   *
   * @param from who asked
   * @param run does it, on a worker
   * @param giveUp tells that it won't be done
   */
  record Search(InetAddress from, Runnable run, Runnable giveUp) {}

  SearchQueue() {
    Arrays.fill(marks, System.nanoTime() - MARK_NANOS);
  }

  void add(Search search) {
    Search dropped = null;
    synchronized (this) {
      if (size == BOUND) {
        dropped = poll(suspect.isEmpty() ? welcome : suspect);
      }
      boolean marked = System.nanoTime() - marks[slot(search.from)] < MARK_NANOS;
      (marked ? suspect : welcome)
          .computeIfAbsent(search.from, from -> new ArrayDeque<>())
          .add(search);
      size++;
    }
    if (dropped != null) {
      dropped.giveUp.run();
    }
  }

  /** Does one search, and says whether there was one. */
  boolean runNext() {
    Search next;
    synchronized (this) {
      boolean suspectsTurn = ++turns % SUSPECTS_EVERY == 0 && !suspect.isEmpty();
      next = poll(welcome.isEmpty() || suspectsTurn ? suspect : welcome);
    }
    if (next == null) {
      return false;
    }
    try {
      next.run.run();
    } catch (RuntimeException e) {
      LOG.error("a search ended by a fault of ours", e);
      next.giveUp.run(); // whoever waits must not wait forever
    }
    return true;
  }

  synchronized void foreign(InetAddress from) {
    marks[slot(from)] = System.nanoTime();
    // What else it sent waits behind the others too.
    Queue<Search> rest = welcome.remove(from);
    if (rest != null) {
      suspect.computeIfAbsent(from, f -> new ArrayDeque<>()).addAll(rest);
    }
  }

  synchronized int size() {
    return size;
  }

  /** Takes one of the first address, and moves that address to the end of the line. */
  private @Nullable Search poll(Map<InetAddress, Queue<Search>> line) {
    var first = line.entrySet().iterator();
    if (!first.hasNext()) {
      return null;
    }
    var turn = first.next();
    first.remove();
    Search search = turn.getValue().poll();
    if (!turn.getValue().isEmpty()) {
      line.put(turn.getKey(), turn.getValue());
    }
    size--;
    return search;
  }

  private static int slot(InetAddress from) {
    return (from.hashCode() * 0x9e3779b9) >>> 20;
  }
}
