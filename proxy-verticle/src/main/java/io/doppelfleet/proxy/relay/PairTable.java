package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All pairs of one event loop, and their accounts. One clock, which ticks once a second, is all
 * that an idle pair needs of time.
 */
public final class PairTable {
  /** Pairs that are closed at one tick, so that the loop is not held: 5 ms. */
  static final int CLOSED_A_TICK = 128;

  private final List<Pair> pairs = new ArrayList<>();
  private final Map<NamedSecret, Account> bySecret = new HashMap<>();
  private final int idleSeconds;
  private final Accounts accounts;
  private final Scratch scratch;

  /** Null where the node has no rate. */
  private final @Nullable Shares shares;

  private int now;

  /** Pairs before this place are looked at by the next tick first. */
  private int next;

  private @Nullable Sweep sweep;

  /**
   * The bytes of all pairs of a node, each counted when it is passed on, without record headers and
   * the obfuscated2 headers. Of a connection that breaks the last ones may not have arrived.
   *
   * @param up MTProto bytes from clients
   * @param down MTProto bytes to clients
   * @param strangersUp bytes from strangers to the cover, and of clients what it had before they
   *     were known
   * @param strangersDown bytes from the cover to strangers
   * @param clients pairs of clients
   * @param strangers pairs of strangers
   * @param mostWaiting bytes that ever waited in the process for one pair, both ways
   * @param misspoken clients that were cut because they sent what is no record
   * @param idled clients that were cut because nothing passed for too long
   * @param revoked clients that were cut because their secret is served no longer
   * @param banned clients that were cut because their address is banned
   * @param listed clients that were cut because a list has their address, or has it no longer
   * @param spent clients that were cut because their secret's bytes are spent
   * @param books the clients' bytes and pairs by secret
   */
  public record Accounts(
      LongAdder up,
      LongAdder down,
      LongAdder strangersUp,
      LongAdder strangersDown,
      AtomicInteger clients,
      AtomicInteger strangers,
      LongAccumulator mostWaiting,
      LongAdder misspoken,
      LongAdder idled,
      LongAdder revoked,
      LongAdder banned,
      LongAdder listed,
      LongAdder spent,
      Books books) {
    /** At zero. */
    public Accounts() {
      this(
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new AtomicInteger(),
          new AtomicInteger(),
          new LongAccumulator(Math::max, 0),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new Books());
    }

    /** A client was cut for its standing. */
    public void cut(Standing standing) {
      switch (standing) {
        case SERVED -> {}
        case SECRET_GONE -> revoked.increment();
        case BANNED -> banned.increment();
        case LISTED -> listed.increment();
      }
    }
  }

  /**
   * With nothing in it.
   *
   * @param idle after which a client's pair is closed if nothing passes either way
   * @param scratch of its event loop
   */
  public PairTable(Duration idle, Accounts accounts, Scratch scratch) {
    this(idle, accounts, scratch, null, 0);
  }

  /**
   * The same where the link is shared.
   *
   * @param link of all loops; null: nothing is
   * @param number the loop's, from 0
   */
  public PairTable(
      Duration idle, Accounts accounts, Scratch scratch, @Nullable Link link, int number) {
    this.idleSeconds = (int) Math.max(1, idle.toSeconds());
    this.accounts = accounts;
    this.scratch = scratch;
    this.shares = link == null ? null : new Shares(link, number, scratch.wheel());
  }

  /** Who waits for the node's rate; null where it has none. */
  @Nullable Shares shares() {
    return shares;
  }

  /** What its pairs share. */
  Scratch scratch() {
    return scratch;
  }

  void add(Pair pair) {
    pair.place = pairs.size();
    pairs.add(pair);
    live(pair.kind()).incrementAndGet();
    Account account = pair.account();
    if (account != null) {
      account.began();
    }
  }

  void remove(Pair pair) {
    if (pair.place < 0) {
      return;
    }
    Pair last = pairs.removeLast();
    if (last != pair) {
      pairs.set(pair.place, last);
      last.place = pair.place;
    }
    pair.place = -1;
    live(pair.kind()).decrementAndGet();
    Account account = pair.account();
    if (account != null) {
      account.ended();
    }
  }

  /** That of a secret, made where there was none. Its pair has to be added at the same turn. */
  Account account(NamedSecret secret) {
    return bySecret.computeIfAbsent(secret, accounts.books()::open);
  }

  /** Forgets those of these accounts that are its own and have no pair now. */
  public void forget(Collection<Account> unused) {
    for (Account account : unused) {
      if (bySecret.get(account.secret()) == account && account.open() == 0) {
        bySecret.remove(account.secret());
        account.book().keep(account);
      }
    }
  }

  void count(Pair.Kind kind, boolean up, int bytes) {
    if (kind == Pair.Kind.CLIENT) {
      (up ? accounts.up : accounts.down).add(bytes);
    } else {
      (up ? accounts.strangersUp : accounts.strangersDown).add(bytes);
    }
  }

  /** So many bytes wait for one pair. */
  void waits(int bytes) {
    accounts.mostWaiting.accumulate(bytes); // which writes nothing unless it is more than ever
  }

  /** A client sent what is no record. */
  void misspoken() {
    accounts.misspoken.increment();
  }

  /** A client's secret has no bytes left. */
  void spent() {
    accounts.spent.increment();
  }

  /** Bytes of a stranger that passed before there was a pair, or though there never was one. */
  public void countStranger(int up, int down) {
    accounts.strangersUp.add(up);
    accounts.strangersDown.add(down);
  }

  /** Seconds since the table was made. */
  int now() {
    return now;
  }

  /**
   * A second has passed: closes the clients' pairs that were idle for too long; where these are
   * many, as after the network was away, some of them now and the rest at the next ticks, each of
   * which goes on where the last one stopped. A stranger's idle time is the cover's to judge.
   *
   * @return how many were closed
   */
  public int tick() {
    now++;
    int closed = 0;
    for (int left = pairs.size(); left > 0 && closed < CLOSED_A_TICK; left--) {
      next = next <= 0 ? pairs.size() - 1 : Math.min(next, pairs.size()) - 1;
      Pair pair = pairs.get(next);
      if (pair.kind() == Pair.Kind.CLIENT
          && now - pair.lastActive() > idleSeconds
          && !pair.waitsForTurn()) {
        pair.cut();
        closed++;
      }
    }
    accounts.idled.add(closed);
    return closed;
  }

  /**
   * Cuts the pairs of clients that would not be let in now, some at each turn of the event loop so
   * that it is not held. Such pairs must not be added any more.
   *
   * @param judge the same at every call
   * @param loop the table's, on which this is called
   */
  public void sweep(Standing.Judge judge, EventLoop loop) {
    Sweep own = sweep;
    if (own == null) {
      own = new Sweep(pairs, judge, accounts, loop);
      sweep = own;
    }
    own.begin();
  }

  /**
   * Counts the pairs of clients that a judge would cut, by the names of their secrets, some at each
   * turn of the event loop.
   *
   * @param loop the table's, on which this is called
   * @param counted is completed there
   */
  public void count(
      Standing.Judge judge, EventLoop loop, CompletableFuture<Map<String, Integer>> counted) {
    new Census(pairs, judge, loop, counted).run();
  }

  /** Ends all pairs, and says how many there were. */
  public int cutAll() {
    int count = pairs.size();
    while (!pairs.isEmpty()) {
      pairs.getLast().cut();
    }
    return count;
  }

  private AtomicInteger live(Pair.Kind kind) {
    return kind == Pair.Kind.CLIENT ? accounts.clients : accounts.strangers;
  }
}
