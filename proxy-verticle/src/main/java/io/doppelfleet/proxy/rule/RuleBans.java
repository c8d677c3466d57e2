package io.doppelfleet.proxy.rule;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.proxy.address.AddressBits;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom rules ban on this node: its own, at once, and those of the fleet's other nodes. It never
 * bans an address from which a client of its own came within a day, whoever's rule says so: of a
 * carrier's that many share one prober would else shut out all. What it knows of clients it tells
 * nobody. Safe for use by many threads; where it is off it bans and remembers nobody.
 */
public final class RuleBans {
  private static final Logger LOG = LoggerFactory.getLogger(RuleBans.class);

  /** So long a client speaks for its address. */
  static final Duration SPARED = Duration.ofDays(1);

  private final @Nullable ReplayRule rule;
  private final LongSupplier nanoTime;
  private final long start;
  private final @Nullable Guests guests;
  private final @Nullable ReplayCount replays;
  private final LongAdder spared = new LongAdder();

  /** By the networks: what this node has made, what was heard, and what was lifted. */
  private final Map<Long, Own> own = new HashMap<>();

  private Map<Long, Long> others = Map.of();
  private final Map<Long, Long> lifted = new HashMap<>();
  private volatile Banned banned = Banned.NOBODY;
  private volatile Runnable whenMade = () -> {};
  private volatile Runnable whenBanned = () -> {};

  /**
   * A ban of its own.
   *
   * @param end by the monotonic clock, nanoseconds
   */
  private record Own(InetAddress network, long end) {}

  /**
   * Begins with nobody.
   *
   * @param rule null: it is off
   */
  public RuleBans(@Nullable ReplayRule rule) {
    this(rule, System::nanoTime);
  }

  /** With a clock like {@link System#nanoTime}. */
  RuleBans(@Nullable ReplayRule rule, LongSupplier nanoTime) {
    this.rule = rule;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.guests = rule == null ? null : new Guests((int) SPARED.toSeconds());
    this.replays = rule == null ? null : new ReplayCount(rule.replays(), rule.within().toNanos());
  }

  /** Whether there is a rule. */
  public boolean isOn() {
    return rule != null;
  }

  /** From now on this is called, on any thread, when somebody more is banned. */
  public void onBan(Runnable sweep) {
    whenBanned = sweep;
  }

  /** And this when it is by this node's own rule. */
  public void onOwn(Runnable tell) {
    whenMade = tell;
  }

  /** Whether who comes from this address, as {@link AddressBits} has it, is the cover's. */
  public boolean refuse(long high, long low) {
    Banned now = banned;
    return !now.isEmpty() && now.has(AddressBits.networkKey(high, low), nanoTime.getAsLong());
  }

  /**
   * Somebody came from there who has a secret, which a replayed hello alone doesn't show: they sent
   * what its key opens.
   */
  public void clientCame(AddressBits from) {
    if (guests != null) {
      guests.came(AddressBits.networkKey(from.high(), from.low()), seconds());
    }
  }

  /** A hello came from there that was met before. */
  public void replayed(AddressBits from) {
    ReplayRule broken = rule;
    if (broken == null || replays == null) {
      return;
    }
    InetAddress network = from.network().address();
    long key = AddressBits.networkKey(from.high(), from.low());
    long now = nanoTime.getAsLong();
    if (Lease.isExempt(network) || !replays.add(key, now)) {
      return;
    }
    if (make(key, network, now, now + broken.ban().toNanos())) {
      LOG.debug("{} is banned by the rule of replays, for {}", network, broken.ban());
      whenBanned.run();
      whenMade.run();
    }
  }

  private synchronized boolean make(long key, InetAddress network, long now, long end) {
    own.values().removeIf(each -> now - each.end >= 0);
    if (isShared(key)) {
      spared.increment();
      return false;
    }
    if (isLifted(key, now) || (own.size() >= NodeLeases.MOST && !own.containsKey(key))) {
      return false;
    }
    own.put(key, new Own(network, end));
    become(now);
    return true;
  }

  private boolean isShared(long key) {
    return guests != null && guests.has(key, seconds());
  }

  private boolean isLifted(long key, long now) {
    Long until = lifted.get(key);
    return until != null && now - until < 0;
  }

  /** This node's own, with the time that is left. */
  public synchronized List<Lease> own() {
    long now = nanoTime.getAsLong();
    return own.values().stream()
        .filter(each -> now - each.end < 0)
        .map(
            each ->
                Lease.of(
                    each.network, (int) Math.ceilDiv(each.end - now, TimeUnit.SECONDS.toNanos(1))))
        .toList();
  }

  /** What a control tells: whom all nodes' rules ban, in place of what it told before. */
  public void heard(FleetLeases all) {
    if (isOn() && take(all)) {
      whenBanned.run();
    }
  }

  /** Whether somebody more is banned by it. */
  private synchronized boolean take(FleetLeases all) {
    long now = nanoTime.getAsLong();
    lifted.values().removeIf(until -> now - until >= 0);
    for (Lease each : all.lifted()) {
      if (lifted.size() < FleetLeases.MOST || lifted.containsKey(key(each))) {
        lifted.put(key(each), end(each, now));
      }
    }
    own.keySet().removeAll(lifted.keySet());
    Map<Long, Long> next = new HashMap<>();
    boolean isMore = false;
    for (Lease each : all.leases()) {
      long key = key(each);
      if (!isLifted(key, now) && !own.containsKey(key) && !isShared(key)) {
        next.put(key, end(each, now));
        isMore |= !others.containsKey(key);
      }
    }
    others = next;
    become(now);
    return isMore;
  }

  private void become(long now) {
    Map<Long, Long> ends = new HashMap<>(others);
    own.forEach((key, each) -> ends.put(key, each.end));
    ends.values().removeIf(end -> now - end >= 0);
    banned = ends.isEmpty() ? Banned.NOBODY : new Banned(ends);
  }

  private static long key(Lease lease) {
    AddressBits bits = AddressBits.of(lease.prefix().address());
    return AddressBits.networkKey(bits.high(), bits.low());
  }

  private static long end(Lease lease, long now) {
    return now + TimeUnit.SECONDS.toNanos(lease.seconds());
  }

  private int seconds() {
    return 1 + (int) TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - start);
  }

  /** Addresses that are banned now. */
  public int count() {
    return banned.count(nanoTime.getAsLong());
  }

  /** How often a rule would have banned an address, and clients of late spared it. */
  public long spared() {
    return spared.sum();
  }

  /** Addresses of clients that were forgotten too soon, for there were too many. */
  public long forgotten() {
    return guests == null ? 0 : guests.forgotten();
  }
}
