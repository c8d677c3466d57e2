package io.doppelfleet.proxy.greeting;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose search is next. Addresses (of IPv6: networks) that lately sent a hello of no secret come
 * after all others, so one that sends many hellos delays itself; of either kind brief searches come
 * before long ones; among equals addresses have their turns as they came. Where more comes than can
 * be done, each would soon wait as long as anybody may, and all too long. So while the queue is
 * never empty who waits is given up early, and who isn't is served soon.
 */
final class SearchQueue {
  private static final Logger LOG = LoggerFactory.getLogger(SearchQueue.class);

  /** Bound of the searches that wait: with the hellos that they hold, some 8 MB at most. */
  static final int BOUND = 4096;

  /**
   * How long a search waits before it is given up. A client is better off with another attempt
   * then, and a stranger's answer comes no later than this behind the cover's.
   */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  /** The same when the queue hasn't been empty for as long as the other. */
  static final long SHORT_PATIENCE_NANOS = 250_000_000L;

  /** Addresses whose last hello was of no secret, a power of two; collisions cost only a turn. */
  private static final int MARKS = 1 << 12;

  /** One turn in so many is a suspect's, whoever else waits: clients may share its address. */
  private static final int SUSPECTS_EVERY = 4;

  /** How long a hello of no secret counts against its address. */
  private static final long MARK_NANOS = 60_000_000_000L;

  private static final int NETWORK_BYTES = 8;

  /** Where the suspects' begin among the lines. */
  private static final int SUSPECTS = 2;

  /** In the order of their urgency: the brief and the long ones, then the same of suspects. */
  private final List<Line> lines = List.of(new Line(), new Line(), new Line(), new Line());

  /** Since when each waits, on the clock of {@link #nanoTime}; the oldest is the first. */
  private final SequencedMap<Search, Long> since = new LinkedHashMap<>();

  private final long[] marks = new long[MARKS];
  private final LongSupplier nanoTime;
  private long emptyAt;
  private int turns;

  /**
   * One search.
   *
   * @param from who asked; of an IPv6 address its first 64 bits count, for one host has all of
   *     those (RFC 6177)
   * @param brief whether it is one of secrets of late only
   * @param run does it, on a worker
   * @param giveUp tells that it won't be done
   */
  record Search(InetAddress from, boolean brief, Runnable run, Runnable giveUp) {
    Search {
      from = network(from);
    }
  }

  /**
   * With another clock than the system's.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  SearchQueue(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.emptyAt = nanoTime.getAsLong();
    Arrays.fill(marks, emptyAt - MARK_NANOS);
  }

  void add(Search search) {
    Search dropped = null;
    synchronized (this) {
      if (since.size() == BOUND) {
        dropped = leastUrgent();
      }
      long now = nanoTime.getAsLong();
      if (since.isEmpty()) {
        emptyAt = now;
      }
      boolean marked = now - marks[slot(search.from)] < MARK_NANOS;
      lines.get((marked ? SUSPECTS : 0) + (search.brief ? 0 : 1)).add(search);
      since.put(search, now);
    }
    if (dropped != null) {
      dropped.giveUp.run();
    }
  }

  /** Does one search, and says whether there was one. */
  boolean runNext() {
    Search next;
    List<Search> late;
    synchronized (this) {
      late = late();
      next = next();
    }
    late.forEach(search -> search.giveUp.run());
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

  synchronized void foreign(InetAddress who) {
    InetAddress from = network(who);
    marks[slot(from)] = nanoTime.getAsLong();
    // What else it sent waits behind the others too.
    for (int i = 0; i < SUSPECTS; i++) {
      lines.get(i).removeAll(from).forEach(lines.get(SUSPECTS + i)::add);
    }
  }

  synchronized int size() {
    return since.size();
  }

  private @Nullable Search next() {
    int first = ++turns % SUSPECTS_EVERY == 0 ? SUSPECTS : 0;
    for (int i = 0; i < lines.size(); i++) {
      Search next = lines.get((first + i) % lines.size()).next();
      if (next != null) {
        since.remove(next);
        return next;
      }
    }
    return null;
  }

  private @Nullable Search leastUrgent() {
    for (Line line : lines.reversed()) {
      Search first = line.firstOfMost();
      if (first != null) {
        line.remove(first);
        since.remove(first);
        return first;
      }
    }
    return null;
  }

  private List<Search> late() {
    List<Search> late = new ArrayList<>();
    long now = nanoTime.getAsLong();
    long patience = now - emptyAt < PATIENCE_NANOS ? PATIENCE_NANOS : SHORT_PATIENCE_NANOS;
    Map.Entry<Search, Long> oldest;
    while ((oldest = since.firstEntry()) != null && now - oldest.getValue() >= patience) {
      Search search = oldest.getKey();
      since.remove(search);
      lines.forEach(line -> line.remove(search));
      late.add(search);
    }
    return late;
  }

  private static InetAddress network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // for another length only
    }
  }

  private static int slot(InetAddress from) {
    return (from.hashCode() * 0x9e3779b9) >>> 20;
  }

  /** Searches by address, in the order in which addresses came or had their last turns. */
  private static final class Line {
    private final SequencedMap<InetAddress, Deque<Search>> byAddress = new LinkedHashMap<>();

    void add(Search search) {
      byAddress.computeIfAbsent(search.from, from -> new ArrayDeque<>()).addLast(search);
    }

    @Nullable Search next() {
      var turn = byAddress.pollFirstEntry();
      if (turn == null) {
        return null;
      }
      Search next = turn.getValue().removeFirst();
      if (!turn.getValue().isEmpty()) {
        byAddress.putLast(turn.getKey(), turn.getValue());
      }
      return next;
    }

    /** The first one of the address that has most of them. */
    @Nullable Search firstOfMost() {
      return byAddress.values().stream()
          .max(Comparator.comparingInt(Deque::size))
          .map(Deque::getFirst)
          .orElse(null);
    }

    void remove(Search search) {
      Deque<Search> sameAddress = byAddress.get(search.from);
      if (sameAddress != null && sameAddress.remove(search) && sameAddress.isEmpty()) {
        byAddress.remove(search.from);
      }
    }

    Deque<Search> removeAll(InetAddress from) {
      Deque<Search> all = byAddress.remove(from);
      return all == null ? new ArrayDeque<>() : all;
    }
  }
}
