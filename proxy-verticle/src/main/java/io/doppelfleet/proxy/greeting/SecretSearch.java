package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloDigest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;

/**
 * Finds the secret that made a hello: among those of the host name that it asks for, first the one
 * that last came from the same address, then each. A few are tried on the event loop; many on
 * worker threads, the addresses with hellos of no secret last, and each address in its turn.
 */
public final class SecretSearch {
  /** Trials that an event loop may make itself: less than 0.2 ms. */
  private static final int TRIALS_ON_LOOP = 64;

  /** Addresses that are remembered, a power of two; two that collide overwrite each other. */
  private static final int ADDRESSES = 1 << 14;

  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private final WorkerExecutor workers;
  private final AtomicInteger runners = new AtomicInteger();
  private final SearchQueue queue = new SearchQueue();
  private final ThreadLocal<HelloDigest> digests = ThreadLocal.withInitial(HelloDigest::new);
  private final AtomicReferenceArray<Visit> visits = new AtomicReferenceArray<>(ADDRESSES);
  private volatile SecretIndex index;

  private record Visit(InetAddress from, LiveSecret secret) {}

  /**
   * A secret, and the time in the hello.
   *
   * @param secret whose key made the hello
   * @param time seconds since 1970
   */
  public record Found(LiveSecret secret, long time) {}

  /** With a worker for each processor, which are threads only while there is something to find. */
  public SecretSearch(Vertx vertx, FleetState state) {
    this.workers = vertx.createSharedWorkerExecutor("doppelfleet-search", WORKERS);
    this.index = new SecretIndex(state, Map.of());
  }

  /** Takes a new state; searches under way go on in the old one. */
  public synchronized void apply(FleetState state) {
    index = new SecretIndex(state, index.byName());
  }

  /**
   * Whether the present state has a secret of this name and key; may be asked on any thread.
   *
   * @param secret of this or an earlier state
   */
  public boolean serves(NamedSecret secret) {
    return index.serves(secret);
  }

  /** Hellos that wait for a worker. */
  public int waiting() {
    return queue.size();
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
    SecretIndex now = index;
    String host = hello.serverName();
    List<LiveSecret> secrets = host == null ? List.of() : now.of(host);
    if (secrets.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    HelloDigest digest = digests.get();
    digest.message(hello.signedBytes());
    Visit visit = visits.get(slot(from));
    if (visit != null
        && visit.from.equals(from)
        && now.has(visit.secret)
        && visit.secret.named().secret().host().equals(host)
        && digest.matches(visit.secret.key(), hello)) {
      return Future.succeededFuture(Optional.of(new Found(visit.secret, digest.time(hello))));
    }
    if (secrets.size() <= TRIALS_ON_LOOP) {
      return Future.succeededFuture(search(secrets, hello, from));
    }
    Promise<Optional<Found>> result = Promise.promise();
    SearchQueue.Search search =
        new SearchQueue.Search(
            from,
            () -> {
              if (gone.getAsBoolean()) {
                loop.execute(() -> result.complete(Optional.empty()));
                return;
              }
              Optional<Found> found = search(secrets, hello, from);
              if (found.isEmpty()) {
                queue.foreign(from);
              }
              loop.execute(() -> result.complete(found));
            },
            () -> loop.execute(() -> result.fail(new RejectedExecutionException("too many"))));
    queue.add(search);
    run();
    return result.future();
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
            while (queue.runNext()) {}
          } finally {
            runners.decrementAndGet();
          }
          if (queue.size() > 0) {
            run(); // one that came after the last look, and saw this runner still
          }
          return null;
        },
        false);
  }

  private Optional<Found> search(List<LiveSecret> secrets, ClientHello hello, InetAddress from) {
    HelloDigest digest = digests.get();
    digest.message(hello.signedBytes());
    for (LiveSecret secret : secrets) {
      if (digest.matches(secret.key(), hello)) {
        visits.set(slot(from), new Visit(from, secret));
        return Optional.of(new Found(secret, digest.time(hello)));
      }
    }
    return Optional.empty();
  }

  private static int slot(InetAddress from) {
    return (from.hashCode() * 0x9e3779b9) >>> 18;
  }

  /** Lets the workers go. */
  public Future<Void> close() {
    return workers.close();
  }
}
