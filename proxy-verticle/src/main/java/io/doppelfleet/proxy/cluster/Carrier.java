package io.doppelfleet.proxy.cluster;

import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.BusIdentity;
import io.doppelfleet.fleet.cluster.BusStream;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.fleet.cluster.Joining;
import io.doppelfleet.proxy.link.Carried;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries this node's link over the bus of a cluster: who connects to its Unix socket is connected
 * to a control, whichever takes it. Starting fails with a sentence for the operator where this
 * machine can't be in a cluster, and else doesn't wait until it is.
 */
public final class Carrier extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(Carrier.class);

  /** Bytes of {@code sun_path} but its zero, unix(7). */
  private static final int LONGEST_SOCKET = 107;

  /** For a control's answer, and for all until then. */
  private static final DeliveryOptions PATIENCE = new DeliveryOptions().setSendTimeout(2_000);

  private static final long LONGEST_MILLIS = 2_500;

  /** How soon a link that is not over the cluster is tried to be had there. */
  private static final Duration BACK = Duration.ofSeconds(30);

  private final ClusterOptions options;
  private final Path socket;
  private final RandomGenerator random;
  private volatile NodeIdentity identity;
  private volatile @Nullable Bus bus;
  private volatile @Nullable Joining<Bus> joining;

  /** Kept, for Vert.x closes one that nobody refers to. */
  private volatile @Nullable NetServer server;

  /**
   * Of this node.
   *
   * @param socket in a directory that others can't enter
   * @param random must be unpredictable
   */
  public Carrier(
      ClusterOptions options, NodeIdentity identity, Path socket, RandomGenerator random) {
    this.options = options;
    this.identity = identity;
    this.socket = socket;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(
            () -> {
              checkLength();
              Bus.check(options);
              return Files.deleteIfExists(socket); // of a process that was killed
            })
        .map(deleted -> joining = Joining.begin(vertx, this::join, this::leave, Carrier::refused));
  }

  private Future<Bus> join() {
    NodeIdentity first = identity;
    return Bus.start(options, of(first))
        .compose(
            joined ->
                entered(joined, first)
                    .map(joined)
                    .recover(
                        failure -> {
                          bus = null;
                          return joined.closed(failure);
                        }))
        .onSuccess(joined -> LOG.info("this node is in the cluster, at {}", options.listen()));
  }

  private Future<?> entered(Bus joined, NodeIdentity first) {
    bus = joined;
    NodeIdentity present = identity; // the link at the address may have renewed it meanwhile
    return (present.equals(first) ? Future.succeededFuture() : joined.become(of(present)))
        .compose(
            shown -> {
              NetServer listening = joined.vertx().createNetServer();
              server = listening;
              return listening
                  .connectHandler(connection -> connected(joined, connection))
                  .listen(address());
            });
  }

  private static void refused(Throwable failure) {
    LOG.warn(
        "this node isn't in its cluster, and tries again every few minutes: {}",
        failure.getMessage());
  }

  /** Done when the first attempt has made it a member, once this has started; fails else. */
  public Future<?> tried() {
    return Objects.requireNonNull(joining).tried();
  }

  private void checkLength() throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET) {
      throw new IOException(
          socket
              + " has "
              + length
              + " bytes and may have "
              + LONGEST_SOCKET
              + ": set state to a shorter one");
    }
  }

  private static BusIdentity of(NodeIdentity node) {
    return new BusIdentity(
        node.key(), node.certificate(), node.authority(), new BusIdentity.Others.Controls());
  }

  /** Where the node's link is taken, as soon as this node is in the cluster. */
  public Carried carried() {
    return new Carried(address(), BACK);
  }

  private SocketAddress address() {
    return SocketAddress.domainSocketAddress(socket.toString());
  }

  private void connected(Bus joined, NetSocket connection) {
    BusStream stream = new BusStream(joined.vertx(), connection, random);
    stream
        .address()
        .compose(
            own ->
                joined
                    .vertx()
                    .eventBus()
                    .<Buffer>request(BusStream.DOOR, Buffer.buffer(own), PATIENCE))
        .timeout(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
        .onSuccess(answer -> stream.begin(answer.body().toString(StandardCharsets.US_ASCII)))
        .onFailure(
            failure -> {
              LOG.debug("no control is on the bus: {}", failure.getMessage());
              stream.close();
            });
  }

  /** The node has a new certificate, which it shows from now on. */
  public Future<Void> become(NodeIdentity renewed) {
    identity = renewed;
    Bus joined = bus;
    return joined == null ? Future.succeededFuture() : joined.become(of(renewed));
  }

  private Future<Void> leave(Bus joined) {
    NetServer listening = server;
    if (listening != null) {
      listening.close(); // what waits for that on the bus's own threads may wait for ever
    }
    return joined.close();
  }

  @Override
  public Future<?> stop() {
    Joining<Bus> begun = joining;
    return begun == null ? Future.succeededFuture() : begun.end();
  }
}
