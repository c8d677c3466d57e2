package io.doppelfleet.control;

import io.doppelfleet.control.cluster.Door;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.fleet.cluster.Joining;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where nodes elsewhere come in: at an address, and by the bus of a cluster that leads there. */
final class Entrances {
  private static final Logger LOG = LoggerFactory.getLogger(Entrances.class);

  /** A member that is frozen keeps others from joining for minutes. */
  private static final long JOINING_SECONDS = 10;

  private final Vertx vertx;
  private final ControlOptions options;
  private final Store store;
  private final WorkerExecutor worker;
  private final Clock clock;
  private final RandomGenerator random;
  private final MeterRegistry meters;
  private @Nullable Links links;
  private @Nullable Joining<Door> door;

  /**
   * None is open yet.
   *
   * @param worker may be blocked by the store
   * @param random must be unpredictable
   */
  Entrances(
      Vertx vertx,
      ControlOptions options,
      Store store,
      WorkerExecutor worker,
      Clock clock,
      RandomGenerator random,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.options = options;
    this.store = store;
    this.worker = worker;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
  }

  /**
   * Opens the address, where there is to be one; fails where it can't be had.
   *
   * @param whenRemoved is told of each node that belongs to the fleet no more
   */
  Future<?> open(Consumer<Member> whenRemoved) {
    LinkOptions address = options.nodes();
    if (address == null) {
      return Future.succeededFuture();
    }
    return Links.start(
            vertx,
            address,
            store.authority(),
            store.roster(),
            worker,
            clock,
            whenRemoved,
            Excess.LINK.counter(meters))
        .onSuccess(started -> links = started);
  }

  /** The links at the address; null: none may come in. */
  @Nullable Links links() {
    return links;
  }

  /**
   * Has those on the cluster's bus come to the address too, where there is a cluster. They come to
   * it whether the cluster answers or not: it fails only where the options are of no use.
   */
  Future<?> join() {
    ClusterOptions cluster = options.cluster();
    LinkOptions address = options.nodes();
    if (cluster == null || address == null) {
      return Future.succeededFuture();
    }
    return worker
        .executeBlocking(
            () -> {
              Bus.check(cluster);
              return null;
            })
        .compose(checked -> join(cluster, address));
  }

  private Future<?> join(ClusterOptions cluster, LinkOptions address) {
    Joining<Door> opening =
        Door.open(
            vertx,
            cluster,
            store.authority(),
            store.roster(),
            address.listen(),
            worker,
            clock,
            random,
            Excess.KNOCK.counter(meters));
    door = opening;
    return opening.tried().timeout(JOINING_SECONDS, TimeUnit.SECONDS).recover(Entrances::without);
  }

  private static Future<Door> without(Throwable failure) {
    if (failure instanceof TimeoutException) { // all others were said
      LOG.warn("the cluster doesn't answer yet: nodes come in at their address");
    }
    return Future.succeededFuture();
  }

  /** Ends all links. */
  Future<?> close() {
    Joining<Door> joining = door;
    Links open = links;
    Future<Void> left = joining == null ? Future.succeededFuture() : joining.end();
    return left.transform(ended -> open == null ? Future.succeededFuture() : open.close());
  }
}
