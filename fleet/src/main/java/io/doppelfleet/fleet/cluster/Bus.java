package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.link.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's end of the clustered event bus. Its sockets are under mutual TLS 1.3, and who has
 * no certificate of the fleet's gets no word through. Membership itself is not protected: who
 * reaches that port can mislead the bus, which then carries nothing, but reads none of it.
 */
public final class Bus {
  /** For what TCP doesn't tell: a peer that is stopped, a cable that is cut. */
  private static final Duration PING = Duration.ofSeconds(2);

  /** So often members are told again what a stranger among them may have changed. */
  public static final Duration AGAIN = Duration.ofSeconds(5);

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int WORKERS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private final Vertx vertx;
  private final BusSockets sockets;

  private Bus(Vertx vertx, BusSockets sockets) {
    this.vertx = vertx;
    this.sockets = sockets;
  }

  /**
   * Looks whether this machine can be in a cluster at all, which takes no time.
   *
   * @throws IOException with a sentence for the operator where it can't
   */
  public static void check(ClusterOptions options) throws IOException {
    checkFree(options, options.listen().port());
    checkFree(options, options.busPort());
    Membership.load();
  }

  /**
   * Joins the others, or waits for them where none is there. Fails where they don't want it:
   * members of another version of Hazelcast.
   */
  public static Future<Bus> start(ClusterOptions options, BusIdentity identity) {
    Promise<Bus> started = Promise.promise();
    // It loads thousands of classes, and one Vert.x isn't to be made by a thread of another.
    Thread.ofPlatform()
        .name("doppelfleet-cluster")
        .daemon()
        .start(
            () -> {
              try {
                join(options, identity).onComplete(started);
              } catch (IOException | RuntimeException | LinkageError e) { // jars may be missing
                started.fail(e);
              }
            });
    return started.future();
  }

  private static Future<Bus> join(ClusterOptions options, BusIdentity identity) throws IOException {
    ClusterManager manager = Membership.load().manager(options, identity.fleet());
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(options.listen().host())
            .setPort(options.busPort())
            .setConnectTimeout((int) CONNECT.toMillis())
            .setClusterPingInterval(PING.toMillis())
            .setClusterPingReplyInterval(PING.toMillis());
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1) // which all that is carried may thus share
                .setWorkerPoolSize(WORKERS)
                .setInternalBlockingPoolSize(WORKERS)
                .setEventBusOptions(Tls.bus(bus, identity.key(), identity.chain())))
        .withClusterManager(manager)
        .buildClustered()
        .compose(vertx -> begin(vertx, manager, identity));
  }

  private static Future<Bus> begin(Vertx vertx, ClusterManager manager, BusIdentity identity) {
    vertx.exceptionHandler(Bus::unhandled);
    // Nobody is to name a class that is made here.
    vertx.eventBus().serializableChecker(name -> false);
    vertx.eventBus().clusterSerializableChecker(name -> false);
    vertx.setPeriodic(
        AGAIN.toMillis(), tick -> manager.setNodeInfo(manager.getNodeInfo(), Promise.promise()));
    Bus bus = new Bus(vertx, BusSockets.of(vertx.eventBus()));
    return bus.become(identity).map(bus).recover(bus::closed);
  }

  private static void unhandled(Throwable failure) {
    if (isOfUnwritten(failure)) {
      LOG.debug("a message went to a member that is gone", failure);
    } else {
      LOG.error("on the cluster's bus", failure);
    }
  }

  /**
   * Whether it is only of a message that can't be written to its member any more. The promise of a
   * send, SendContext of Vert.x 5.2.3, passes that failure on to whoever waits and then says that
   * it was too late, which Vert.x takes for a second completion.
   */
  private static boolean isOfUnwritten(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return failure instanceof IllegalStateException
        && "Promise already completed".equals(failure.getMessage())
        && trace.length > 2
        && isOf(trace[0], Promise.class, "fail")
        && isOf(trace[1], Promise.class, "complete")
        && trace[2].getClassName().startsWith("io.vertx.core.impl.future.");
  }

  private static boolean isOf(StackTraceElement frame, Class<?> type, String method) {
    return frame.getClassName().equals(type.getName()) && frame.getMethodName().equals(method);
  }

  private static void checkFree(ClusterOptions options, int port) throws IOException {
    String host = options.listen().host();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IOException e) {
      throw new IOException(
          "the cluster can't listen on "
              + host
              + " port "
              + port
              + " ("
              + e.getMessage()
              + "): set cluster.listen to an address of this machine",
          e);
    }
  }

  /** New connections are made and taken as this one from now on. */
  public Future<Void> become(BusIdentity identity) {
    return sockets.become(identity);
  }

  /** The Vert.x that has the bus; nothing else runs there. */
  public Vertx vertx() {
    return vertx;
  }

  /** Leaves the others. */
  public Future<Void> close() {
    return vertx.close();
  }

  /** Leaves them because of a failure, which it fails with. */
  public <T> Future<T> closed(Throwable failure) {
    return vertx.close().transform(closed -> Future.failedFuture(failure));
  }
}
