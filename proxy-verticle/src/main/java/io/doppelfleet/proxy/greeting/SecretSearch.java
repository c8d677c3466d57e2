package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.AddressRules;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.relay.Standing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the secret that made a hello: among those of the host name that it asks for, first the one
 * of the last client from the same address, then those that clients used last, then each. A few are
 * tried on the event loop, many on worker threads, where who waits for the rest comes after who
 * waits for the secrets of late ({@link SearchQueue}). So a client whose secret was used before is
 * known soon, whatever strangers send.
 *
 * <p>What the time tells: who holds a secret may see whether others used it of late, and knows the
 * proxy anyway. Who holds none sees nothing of that: a hello of no secret is tried under all of
 * them, in whatever order; and one that was recorded, or is refused for another reason though its
 * secret was found, waits as long as one of no secret does ({@link #inVain}).
 */
public final class SecretSearch {
  /** Trials that an event loop may make itself: less than 0.2 ms. */
  private static final int TRIALS_ON_LOOP = 64;

  /** Addresses that are remembered, a power of two; two that collide overwrite each other. */
  private static final int ADDRESSES = 1 << 14;

  /** Searches after which a worker's task makes way for another: Vert.x warns of long ones. */
  private static final int SEARCHES_A_TASK = 256;

  /** So long the time that a search in vain took stands for others', nanoseconds. */
  private static final long VAIN_NANOS = 1_000_000_000L;

  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private final WorkerExecutor workers;
  private final AtomicInteger runners = new AtomicInteger();
  private final SearchQueue queue = new SearchQueue(System::nanoTime);
  private final ThreadLocal<Trials> trials = ThreadLocal.withInitial(Trials::new);
  private final AtomicReferenceArray<Visit> visits = new AtomicReferenceArray<>(ADDRESSES);
  private final RecentSecrets recent = new RecentSecrets();
  private final Duration grace;
  private volatile Terms terms;
  private volatile @Nullable Vain vain;

  /**
   * The last search in vain.
   *
   * @param at when it ended, on {@link System#nanoTime}'s clock
   * @param nanos how long after its hello
   */
  private record Vain(long at, long nanos) {}

  private record Visit(InetAddress from, LiveSecret secret) {}

  /**
   * A secret, and the time in the hello.
   *
   * @param secret whose key made the hello
   * @param time seconds since 1970
   */
  public record Found(LiveSecret secret, long time) {}

  /** Somebody waits for a worker's result, since then on {@link System#nanoTime}'s clock. */
  private record Asked(
      Candidates candidates,
      InetAddress from,
      long since,
      Executor loop,
      BooleanSupplier gone,
      Promise<Optional<Found>> result) {
    void tell(Optional<Found> found) {
      loop.execute(() -> result.complete(found));
    }

    void giveUp() {
      loop.execute(() -> result.fail(new RejectedExecutionException("too many")));
    }
  }

  /** The same where clients by a key are served no longer than the key. */
  public SecretSearch(Vertx vertx, FleetState state, Instant now) {
    this(vertx, state, now, Duration.ZERO);
  }

  /**
   * With a worker for each processor, which are threads only while there is something to find.
   *
   * @param grace how long after a key's end clients who came by it before are served yet
   */
  public SecretSearch(Vertx vertx, FleetState state, Instant now, Duration grace) {
    this.grace = grace;
    this.workers = vertx.createSharedWorkerExecutor("doppelfleet-search", WORKERS);
    this.terms = terms(state, now, null);
  }

  /** What stays as it was in the last ones is handed on. */
  private Terms terms(FleetState state, Instant now, @Nullable Terms last) {
    return new Terms(
        SecretIndex.of(state, now, last == null ? null : last.secrets()),
        new EndedKeys(state, now, grace),
        AddressRules.of(state, now, last == null ? null : last.addresses()));
  }

  /**
   * Takes what a state says now; searches under way go on in the old one. Of ten thousand secrets
   * it takes milliseconds: not to be called on an event loop.
   */
  public synchronized void apply(FleetState state, Instant now) {
    Terms next = terms(state, now, terms);
    terms = next;
    recent.keep(next.secrets()::has);
  }

  /**
   * What the present state says of a client that was let in; may be asked on any thread.
   *
   * @param secret of this or an earlier state
   * @param high the client's address, as {@link AddressBits} has it
   * @param low the rest of its address
   */
  public Standing standing(NamedSecret secret, long high, long low) {
    Terms now = terms;
    if (now.addresses().refuse(high, low)) {
      return Standing.BANNED;
    }
    return now.secrets().serves(secret) || now.ended().have(secret)
        ? Standing.SERVED
        : Standing.SECRET_GONE;
  }

  /** Whether the present state has a secret of this name and key. */
  public boolean serves(NamedSecret secret) {
    return terms.secrets().serves(secret);
  }

  /** Whether who comes from this address meets the cover, whatever they know. */
  boolean refuses(AddressBits from) {
    return terms.addresses().refuse(from.high(), from.low());
  }

  /** Memory that the present state's lists of addresses take, sets of them included. */
  public long listBytes() {
    return terms.addresses().listBytes();
  }

  /** Hellos that wait for a worker. */
  public int waiting() {
    return queue.size();
  }

  /**
   * A client came from this address with a good hello of this secret: they are tried first from now
   * on. Not for hellos that are refused: a prober's repetitions must not change its own times.
   */
  public void met(InetAddress from, LiveSecret secret) {
    visits.set(slot(from), new Visit(from, secret));
    recent.used(secret);
  }

  /**
   * Looks for the secret of a hello.
   *
   * @param loop where the result is to be told, if it isn't told at once
   * @param gone whether nobody waits for the result any more; asked on any thread
   * @return fails with a {@link RejectedExecutionException} where too many wait
   */
  public Future<Optional<Found>> find(
      ClientHello hello, InetAddress from, Executor loop, BooleanSupplier gone) {
    SecretIndex now = terms.secrets();
    boolean few = now.of(hello).size() <= TRIALS_ON_LOOP;
    Candidates candidates = new Candidates(hello, now, few ? Set.of() : recent.all());
    boolean fewRecent = candidates.recent().size() <= TRIALS_ON_LOOP;
    Trials trials = begin(hello);
    Optional<LiveSecret> found = lastFrom(from, candidates, trials);
    if (found.isEmpty() && fewRecent) {
      found = candidates.amongRecent(trials);
    }
    if (found.isEmpty() && few) {
      found = candidates.amongRest(trials, 0);
    }
    if (found.isPresent() || few) {
      return Future.succeededFuture(found(found, hello, trials));
    }
    Asked asked = new Asked(candidates, from, System.nanoTime(), loop, gone, Promise.promise());
    if (fewRecent) {
      searchRest(asked);
    } else {
      searchRecent(asked);
    }
    return asked.result.future();
  }

  /**
   * Takes what is left of the time that {@link #find} would have taken, had it not found what it
   * did: as long as the last search in vain took, or with another one where that is long ago. So
   * whoever repeats a hello that is refused costs next to nothing.
   *
   * @param found by it
   * @param since when it was asked, on {@link System#nanoTime}'s clock
   * @return done when the time is over, well or not
   */
  public Future<Optional<Found>> inVain(
      ClientHello hello,
      Found found,
      InetAddress from,
      long since,
      ScheduledExecutorService loop,
      BooleanSupplier gone) {
    Candidates candidates = new Candidates(hello, terms.secrets(), recent.all());
    if (candidates.all().size() <= TRIALS_ON_LOOP) {
      return Future.succeededFuture(Optional.empty());
    }
    Promise<Optional<Found>> result = Promise.promise();
    Vain last = vain;
    long now = System.nanoTime();
    if (last != null && now - last.at < VAIN_NANOS) {
      long left = last.nanos - (now - since);
      loop.schedule(() -> result.complete(Optional.empty()), left, TimeUnit.NANOSECONDS);
      return result.future();
    }
    int next = candidates.after(found.secret());
    searchRest(
        new Asked(candidates, from, since, loop, gone, result),
        trials -> candidates.amongRest(trials, next));
    return result.future();
  }

  private void searchRecent(Asked asked) {
    search(
        asked,
        true,
        trials -> {
          Optional<LiveSecret> found = asked.candidates.amongRecent(trials);
          if (found.isPresent()) {
            asked.tell(found(found, asked.candidates.hello(), trials));
          } else {
            searchRest(asked);
          }
        });
  }

  /** Another client of the address may have been met while this one waited. */
  private void searchRest(Asked asked) {
    searchRest(
        asked,
        trials -> {
          Optional<LiveSecret> found =
              lastFrom(asked.from, asked.candidates, trials)
                  .or(() -> asked.candidates.amongRest(trials, 0));
          if (found.isEmpty()) {
            queue.foreign(asked.from);
          }
          return found;
        });
  }

  private void searchRest(Asked asked, Function<Trials, Optional<LiveSecret>> search) {
    search(
        asked,
        false,
        trials -> {
          Optional<LiveSecret> found = search.apply(trials);
          if (found.isEmpty()) {
            long now = System.nanoTime();
            vain = new Vain(now, now - asked.since);
          }
          asked.tell(found(found, asked.candidates.hello(), trials));
        });
  }

  private void search(Asked asked, boolean brief, Consumer<Trials> search) {
    queue.add(
        new SearchQueue.Search(
            asked.from,
            brief,
            () -> {
              if (asked.gone.getAsBoolean()) {
                asked.tell(Optional.empty());
              } else {
                search.accept(begin(asked.candidates.hello()));
              }
            },
            asked::giveUp));
    run();
  }

  /** One task for each worker, however many searches wait: those are bounded, tasks are not. */
  private void run() {
    if (runners.incrementAndGet() > WORKERS) {
      runners.decrementAndGet();
      return;
    }
    workers.executeBlocking(
        () -> {
          try {
            for (int i = 0; i < SEARCHES_A_TASK && queue.runNext(); i++) {}
          } finally {
            runners.decrementAndGet();
          }
          if (queue.size() > 0) {
            run(); // the rest, or one that came after the last look and saw this runner still
          }
          return null;
        },
        false);
  }

  private Optional<LiveSecret> lastFrom(InetAddress from, Candidates candidates, Trials trials) {
    Visit visit = visits.get(slot(from));
    return visit != null && visit.from.equals(from) && candidates.isOf(visit.secret, trials)
        ? Optional.of(visit.secret)
        : Optional.empty();
  }

  /** This thread's, for one hello. */
  private Trials begin(ClientHello hello) {
    Trials mine = trials.get();
    mine.begin(hello);
    return mine;
  }

  private static Optional<Found> found(
      Optional<LiveSecret> secret, ClientHello hello, Trials trials) {
    return secret.map(each -> new Found(each, trials.time(hello)));
  }

  private static int slot(InetAddress from) {
    return (from.hashCode() * 0x9e3779b9) >>> 18;
  }

  /** Lets the workers go. */
  public Future<Void> close() {
    return workers.close();
  }
}
