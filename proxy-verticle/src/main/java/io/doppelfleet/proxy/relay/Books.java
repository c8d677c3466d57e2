package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.leg.Leg;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What each secret has moved since the node's start. May be used on any thread. */
public final class Books implements Uses {
  private final Map<String, Book> bySecret = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final LongAdder waits = new LongAdder();
  private final LongAdder deferred = new LongAdder();
  private final Peers peers;
  private volatile Runnable need = () -> {};

  /** Those whose limits nodes share, who was told of last coming last. */
  private final Set<Book> shared = new LinkedHashSet<>();

  /** Those of the question under way. */
  private volatile List<Book> asked = List.of();

  private long counters;

  /** Empty. */
  public Books() {
    this(System::nanoTime);
  }

  /** With another clock than {@link System#nanoTime}. */
  Books(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.peers = new Peers(nanoTime);
  }

  /** From now on this is told when a control has to be asked soon; on any thread, and often. */
  public void onNeed(Runnable told) {
    need = told;
  }

  /** How often a read has waited for a secret's rate. */
  public long waited() {
    return waits.sum();
  }

  /** How often a secret's limits have found no room in a question, and waited for the next. */
  public long deferred() {
    return deferred.sum();
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
        secret, name -> new Book(name, ++counters, nanoTime, () -> need.run(), peers, waits));
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
        book(secret.name()).allowance().limit(limits, secret.newest());
      }
    }
    bySecret.forEach(
        (name, book) -> {
          if (!next.containsKey(name)) {
            book.allowance().unlimited();
          }
        });
    shared.removeIf(book -> isUnshared(next.get(book.secret())));
    next.forEach(
        (name, limits) -> {
          if (!isUnshared(limits)) {
            shared.add(book(name));
          }
        });
  }

  private static boolean isUnshared(@Nullable Limits limits) {
    return limits == null
        || (limits.connections() == null && limits.addresses() == null && limits.rate() == null);
  }

  /**
   * Why a client of a secret isn't let in, in two words; null where it is, and counts as long as
   * its leg is open. On the leg's event loop, at once or when a control has answered.
   */
  public Future<@Nullable String> refuse(String secret, AddressBits from, Leg near) {
    Book book = bySecret.get(secret);
    return book == null ? Future.succeededFuture() : book.allowance().refuse(from, near);
  }

  @Override
  public void begin(Runnable ask) {
    peers.begin(ask);
  }

  @Override
  public List<LimitQuestion.Use> next() {
    List<LimitQuestion.Use> uses = new ArrayList<>();
    List<Book> told = new ArrayList<>();
    Map<Boolean, List<Book>> byNeed =
        shared().stream().collect(Collectors.partitioningBy(book -> book.allowance().isAwaited()));
    List<Book> inTurn = new ArrayList<>(byNeed.getOrDefault(true, List.of()));
    inTurn.addAll(byNeed.getOrDefault(false, List.of()));
    int room = LimitQuestion.MOST_TOKENS_IN_ALL;
    for (int i = 0; i < inTurn.size(); i++) {
      if (uses.size() == LimitQuestion.MOST || room < LimitQuestion.MOST_TOKENS) {
        deferred.add(inTurn.size() - i); // few that use nothing: these stay in front
        break;
      }
      Book book = inTurn.get(i);
      LimitQuestion.Use use = book.allowance().use(room - LimitQuestion.MOST_TOKENS);
      if (use != null) {
        room -= use.tokens();
        uses.add(use);
        told.add(book);
      }
    }
    asked = List.copyOf(told);
    comeLast(told);
    return uses;
  }

  /** Event loops wait for this lock, so what may take long goes by a copy. */
  private synchronized List<Book> shared() {
    return List.copyOf(shared);
  }

  private synchronized void comeLast(List<Book> told) {
    told.removeIf(book -> !shared.remove(book));
    shared.addAll(told);
  }

  @Override
  public void answered(LimitAnswer answer, long askedAt) {
    peers.answered(answer.stamp().epoch(), answer.nodes(), askedAt);
    Map<String, LimitAnswer.Share> shares = new HashMap<>();
    answer.shares().forEach(share -> shares.put(share.secret(), share));
    asked.forEach(book -> book.allowance().answered(shares.get(book.secret())));
    asked = List.of();
  }

  @Override
  public void unanswered() {
    peers.unanswered();
    asked.forEach(book -> book.allowance().answered(null));
    asked = List.of();
  }

  @Override
  public boolean areAnswered() {
    return peers.answer();
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
