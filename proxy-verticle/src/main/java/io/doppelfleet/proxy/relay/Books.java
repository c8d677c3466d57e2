package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.address.AddressBits;
import io.doppelfleet.proxy.leg.Leg;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What each secret has moved since the node's start. May be used on any thread. */
public final class Books {
  private final Map<String, Book> bySecret = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final LongAdder waits = new LongAdder();
  private volatile Runnable need = () -> {};
  private long counters;

  /** Empty. */
  public Books() {
    this(System::nanoTime);
  }

  /** With another clock than {@link System#nanoTime}. */
  Books(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** From now on this is told when a control has to be asked soon; on any thread, and often. */
  public void onNeed(Runnable told) {
    need = told;
  }

  /** How often a read has waited for a secret's rate. */
  public long waited() {
    return waits.sum();
  }

  /** An account for an event loop, in its secret's book. */
  synchronized Account open(NamedSecret secret) {
    Book book = book(secret.name());
    Account account = new Account(secret, book);
    book.add(account);
    return account;
  }

  private Book book(String secret) {
    return bySecret.computeIfAbsent(
        secret, name -> new Book(name, ++counters, nanoTime, () -> need.run(), waits));
  }

  /** From now on the limits of this state hold. */
  public synchronized void limit(FleetState state) {
    Map<String, Limits> next = new HashMap<>();
    for (FleetSecret secret : state.secrets()) {
      Limits limits = state.limits(secret);
      if (limits.connections() != null
          || limits.addresses() != null
          || limits.rate() != null
          || !limits.bytes().isEmpty()) {
        next.put(secret.name(), limits);
      }
    }
    next.forEach((name, limits) -> book(name).allowance().limit(limits));
    bySecret.forEach(
        (name, book) -> {
          if (!next.containsKey(name)) {
            book.allowance().limit(Limits.NONE);
          }
        });
  }

  /**
   * Why a client of a secret isn't let in, in two words; null where it is, and counts as long as
   * its leg is open.
   */
  public @Nullable String refuse(String secret, AddressBits from, Leg near) {
    Book book = bySecret.get(secret);
    return book == null ? null : book.allowance().refuse(from, near);
  }

  /** What is held of a secret's limited bytes at a count; null where they aren't limited. */
  public TrafficReport.@Nullable Budget budget(TrafficReport.Count count) {
    Book book = bySecret.get(count.secret());
    return book == null ? null : book.allowance().budget(count);
  }

  /** A control grants so many bytes from a count on, in place of what was held. */
  public void grant(TrafficReport.Count at, long bytes) {
    Book book = bySecret.get(at.secret());
    if (book != null) {
      book.allowance().grant(at, bytes);
    }
  }

  /** No byte more will pass: what is held of limited ones goes back. */
  public void giveBack() {
    bySecret.values().forEach(book -> book.allowance().giveBack());
  }

  /**
   * Connections now of each secret of a state by keys of it that aren't the newest; who has none is
   * left out. Of twenty thousand secrets it takes a millisecond.
   */
  public Map<String, Integer> byOldKeys(FleetState state) {
    Map<String, Integer> counts = new HashMap<>();
    for (FleetSecret secret : state.secrets()) {
      Book book = secret.keys().size() == 1 ? null : bySecret.get(secret.name());
      int open = book == null ? 0 : book.openBeside(secret.newest().secret());
      if (open > 0) {
        counts.put(secret.name(), open);
      }
    }
    return counts;
  }

  /** All of it. */
  public List<TrafficReport.Count> now() {
    return bySecret.values().stream().map(Book::count).toList();
  }

  /** The accounts that nobody uses, of secrets that aren't served; somebody may, by now. */
  public List<Account> unused(Predicate<NamedSecret> served) {
    List<Account> unused = new ArrayList<>();
    for (Book book : bySecret.values()) {
      for (Account account : book.accounts()) {
        if (account.open() == 0 && !served.test(account.secret())) {
          unused.add(account);
        }
      }
    }
    return unused;
  }

  /**
   * Closes the books that have no account any more and are as a control has them. A secret of such
   * a name that comes later has another counter.
   */
  public synchronized void close(Collection<TrafficReport.Count> kept) {
    for (TrafficReport.Count count : kept) {
      Book book = bySecret.get(count.secret());
      if (book != null
          && book.accounts().isEmpty()
          && !book.allowance().isLimited()
          && book.count().equals(count)) {
        bySecret.remove(count.secret());
      }
    }
  }
}
