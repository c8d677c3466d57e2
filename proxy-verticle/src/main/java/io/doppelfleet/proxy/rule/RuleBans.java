package io.doppelfleet.proxy.rule;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom rules ban on this node: its own, at once, and those of the fleet's other nodes, where it has
 * something against the address itself. It never bans an address from which a client of its own
 * came within a day, or is there, whoever's rule says so: of a carrier's that many share one prober
 * would else shut out all. So it bans nobody as long as it hardly knows its clients, nor an address
 * that may be one that it had to forget. What it knows of them it tells nobody. Safe for use by
 * many threads; where it is off it bans and remembers nobody.
 */
public final class RuleBans {
  private static final Logger LOG = LoggerFactory.getLogger(RuleBans.class);

  /** So long a client speaks for its address, and a hello of its is known for one. */
  static final Duration SPARED = Duration.ofDays(1);

  private final @Nullable ReplayRule rule;
  private final LongSupplier nanoTime;
  private final long start;
  private final PrefixSet routers;

  /** From where clients came: network keys. */
  private final @Nullable Recent guests;

  /** After which clients sent what only who has the secret can. */
  private final @Nullable Recent hellos;

  private final @Nullable ReplayCount replays;
  private final LongAdder spared = new LongAdder();

  /** By the networks: what this node has made, what it took of others', and what was lifted. */
  private final Map<Long, Own> own = new HashMap<>();

  private Map<Long, Long> others = new HashMap<>();

  /** Others' that it took, until they would end: a control that starts anew hears of them late. */
  private final Deadlines taken = new Deadlines();

  private final Deadlines lifted = new Deadlines();
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
   * @param routers through which clients come, who are never banned
   * @param random must be unpredictable
   */
  public RuleBans(@Nullable ReplayRule rule, PrefixSet routers, RandomGenerator random) {
    this(rule, routers, random, System::nanoTime);
  }

  /** With a clock like {@link System#nanoTime}. */
  RuleBans(
      @Nullable ReplayRule rule, PrefixSet routers, RandomGenerator random, LongSupplier nanoTime) {
    this.rule = rule;
    this.routers = routers;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.guests = rule == null ? null : recent(random);
    this.hellos = rule == null ? null : recent(random);
    this.replays = rule == null ? null : new ReplayCount(rule.replays(), rule.within().toNanos());
  }

  private static Recent recent(RandomGenerator random) {
    return new Recent((int) SPARED.toSeconds(), random.nextLong());
  }

  /** Whether there is a rule. */
  public boolean isOn() {
    return rule != null;
  }

  /**
   * From now on this is called, on any thread, when somebody more is banned: it is to look for
   * clients that {@link #clientIsThere are there}.
   */
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
   * what its key opens. From now on who sends their hello again isn't its owner.
   *
   * @param hello a number that tells it from others
   */
  public void clientCame(AddressBits from, long hello) {
    if (guests != null && hellos != null) {
      guests.met(AddressBits.networkKey(from.high(), from.low()), seconds());
      hellos.met(hello, seconds());
      clientIsThere(from.high(), from.low());
    }
  }

  /** A client is connected from there: a ban ends that was made without knowing it. */
  public void clientIsThere(long high, long low) {
    if (guests != null && refuse(high, low)) {
      long key = AddressBits.networkKey(high, low);
      guests.met(key, seconds());
      spare(key);
    }
  }

  private synchronized void spare(long key) {
    boolean isOwn = own.remove(key) != null;
    if (others.remove(key) != null || isOwn) {
      spared.increment();
      become(nanoTime.getAsLong());
    }
  }

  /**
   * A hello came from there that was met before. It counts where the first to bring it was a
   * client: else it may be the client that comes second, after somebody on its way who was quicker.
   *
   * @param hello as {@link #clientCame} has it
   */
  public void replayed(AddressBits from, long hello) {
    ReplayRule broken = rule;
    if (broken == null || replays == null || hellos == null || !hellos.has(hello, seconds())) {
      return;
    }
    InetAddress network = from.network().address();
    long key = AddressBits.networkKey(from.high(), from.low());
    long now = nanoTime.getAsLong();
    if (isInGrace(now)
        || Lease.isExempt(network)
        || routers.contains(from.high(), from.low())
        || !replays.add(key, now)) {
      return;
    }
    boolean isMore = !refuse(from.high(), from.low());
    if (make(key, network, now, now + broken.ban().toNanos())) {
      LOG.debug("{} is banned by the rule of replays, for {}", network, broken.ban());
      if (isMore) {
        whenBanned.run();
      }
      whenMade.run();
    }
  }

  private boolean isInGrace(long now) {
    return rule != null && now - start < rule.grace().toNanos();
  }

  private synchronized boolean make(long key, InetAddress network, long now, long end) {
    forgetEnded(now);
    if (isShared(key)) {
      spared.increment();
      return false;
    }
    if (lifted.has(key, now) || (own.size() >= NodeLeases.MOST && !own.containsKey(key))) {
      return false;
    }
    own.put(key, new Own(network, end));
    become(now);
    return true;
  }

  private void forgetEnded(long now) {
    own.values().removeIf(each -> now - each.end >= 0);
  }

  private boolean isShared(long key) {
    return guests != null && guests.mayHave(key, seconds());
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
    forgetEnded(now);
    all.lifted().forEach(each -> lifted.put(key(each), end(each, now)));
    own.keySet().removeIf(key -> lifted.has(key, now));
    Map<Long, Long> next = new HashMap<>();
    boolean isMore = false;
    for (Lease each : all.leases()) {
      long key = key(each);
      boolean isBanned = others.containsKey(key) || own.containsKey(key);
      if ((isBanned || taken.has(key, now) || hasReplayed(key, now))
          && !lifted.has(key, now)
          && !isShared(key)) {
        next.put(key, end(each, now));
        taken.put(key, end(each, now));
        isMore |= !isBanned;
      }
    }
    others = next;
    become(now);
    return isMore;
  }

  /**
   * Else who replays at a node that somebody doesn't use shuts them out where they go next. In the
   * grace nobody has.
   */
  private boolean hasReplayed(long key, long now) {
    return replays != null && replays.has(key, now);
  }

  private void become(long now) {
    Map<Long, Long> ends = new HashMap<>(others);
    own.forEach(
        (key, each) -> ends.merge(key, each.end, (one, other) -> one - other > 0 ? one : other));
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

  /** How often a rule would have banned an address, but for its clients, or forgotten ones. */
  public long spared() {
    return spared.sum();
  }

  /** Addresses of clients that were forgotten too soon, for there were too many. */
  public long forgotten() {
    return guests == null ? 0 : guests.forgotten();
  }
}
