package io.doppelfleet.control.cluster;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.store.Roster;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.BusIdentity;
import io.doppelfleet.fleet.cluster.BusStream;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.fleet.cluster.Joining;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where nodes on the bus knock for a link. Each gets a connection to the port of nodes elsewhere,
 * with its TLS, so who they are is asked there, and what a node hears is between it and that port.
 */
public final class Door {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private static final long LOOK_MILLIS = 1_000;

  /** Who knocks waits no longer, and others may knock then. */
  private static final int LONGEST_MILLIS = 2_000;

  private static final Duration RENEWAL = Authority.CONTROL_TIME.dividedBy(30);

  private final Bus bus;
  private final Authority authority;
  private final Roster roster;
  private final HostPort links;
  private final Clock clock;
  private final RandomGenerator random;
  private final NetClient client;
  private final Counter refused;
  private final KnockLimit limit = new KnockLimit(System::nanoTime);
  private MessageConsumer<Object> knocks;
  private Set<String> removed = Set.of();
  private Instant renewed;
  private boolean looking;
  private boolean saying;

  private Door(
      Bus bus,
      Authority authority,
      Roster roster,
      HostPort links,
      Clock clock,
      RandomGenerator random,
      Counter refused) {
    this.bus = bus;
    this.authority = authority;
    this.roster = roster;
    this.links = links;
    this.clock = clock;
    this.random = random;
    this.refused = refused;
    this.renewed = clock.instant();
    this.client =
        bus.vertx().createNetClient(new NetClientOptions().setConnectTimeout(LONGEST_MILLIS));
    this.knocks = bus.vertx().eventBus().consumer(BusStream.DOOR, this::knocked);
    bus.vertx().setPeriodic(1, LOOK_MILLIS, tick -> look());
    bus.vertx().setPeriodic(Bus.AGAIN.toMillis(), tick -> sayAgain());
  }

  /**
   * Opens it as soon as the cluster's members want this control, who are asked again every few
   * minutes; that they don't is logged.
   *
   * @param vertx the control's own
   * @param links where nodes elsewhere come in to this control
   * @param worker makes its certificate
   * @param random must be unpredictable
   * @param refused counts those who knocked when too many did
   */
  public static Joining<Door> open(
      Vertx vertx,
      ClusterOptions options,
      Authority authority,
      Roster roster,
      HostPort links,
      WorkerExecutor worker,
      Clock clock,
      RandomGenerator random,
      Counter refused) {
    return Joining.begin(
        vertx,
        () ->
            worker
                .executeBlocking(() -> identity(authority, clock, Set.of()))
                .map(Objects::requireNonNull)
                .compose(identity -> Bus.start(options, identity))
                .compose(
                    bus -> {
                      Door door =
                          new Door(bus, authority, roster, within(links), clock, random, refused);
                      return door.knocks.completion().map(door).recover(bus::closed);
                    })
                .onSuccess(
                    door ->
                        LOG.info(
                            "nodes on the cluster's bus find this control, at {}",
                            options.listen())),
        Door::close,
        failure ->
            LOG.warn(
                "this control isn't in its cluster, and tries again every few minutes: {}",
                failure.getMessage()));
  }

  private static HostPort within(HostPort links) {
    return switch (links.host()) {
      case "0.0.0.0" -> new HostPort("127.0.0.1", links.port());
      case "::" -> new HostPort("::1", links.port());
      default -> links;
    };
  }

  private static BusIdentity identity(Authority authority, Clock clock, Set<String> removed) {
    Authority.Identity own = authority.certifyControl(clock.instant());
    return new BusIdentity(
        own.key(),
        own.chain().getFirst(),
        own.chain().getLast(),
        new BusIdentity.Others.Fleet(removed));
  }

  /** Who was removed connects here no more, and the certificate is renewed in time. */
  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    bus.vertx()
        .executeBlocking(roster::removedKeys)
        .map(Objects::requireNonNull)
        .compose(this::become)
        .onComplete(
            done -> {
              looking = false;
              if (done.failed()) {
                LOG.debug("{}", done.cause().getMessage());
              }
            });
  }

  private Future<?> become(Set<String> now) {
    Instant begin = clock.instant();
    if (now.equals(removed) && renewed.plus(RENEWAL).isAfter(begin)) {
      return Future.succeededFuture();
    }
    return bus.vertx()
        .executeBlocking(() -> identity(authority, clock, now))
        .map(Objects::requireNonNull)
        .compose(bus::become)
        .onSuccess(
            done -> {
              removed = now;
              renewed = begin;
            });
  }

  /** Nodes find it by what members know, which one of them may have taken away. */
  private void sayAgain() {
    if (saying) {
      return;
    }
    saying = true;
    MessageConsumer<Object> next = bus.vertx().eventBus().consumer(BusStream.DOOR, this::knocked);
    next.completion()
        .onComplete(
            said -> {
              saying = false;
              MessageConsumer<Object> other = said.succeeded() ? knocks : next;
              if (said.succeeded()) {
                knocks = next;
              }
              other.unregister();
            });
  }

  /** The node has said where it is to be answered. */
  private void knocked(Message<Object> message) {
    if (!(message.body() instanceof Buffer said) || said.length() > BusStream.LONGEST_ADDRESS) {
      message.fail(0, "that is no address");
      return;
    }
    String peer = said.toString(StandardCharsets.US_ASCII);
    if (!BusStream.isAddress(peer)) {
      message.fail(0, "that is no address of a link");
      return;
    }
    if (!limit.begin()) {
      refused.increment();
      message.fail(0, "too many knock at once");
      return;
    }
    client
        .connect(links.port(), links.host())
        .compose(socket -> open(message, peer, socket))
        .onComplete(
            done -> {
              limit.end();
              if (done.failed()) {
                message.fail(0, "this control takes no links now");
              }
            });
  }

  private Future<String> open(Message<Object> message, String peer, NetSocket socket) {
    BusStream stream = new BusStream(bus.vertx(), socket, random);
    return stream
        .address()
        .timeout(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
        .onSuccess(
            own -> {
              message.reply(Buffer.buffer(own));
              stream.begin(peer);
            })
        .onFailure(failure -> stream.close());
  }

  /** Leaves the cluster. */
  public Future<Void> close() {
    return bus.close();
  }
}
