package io.doppelfleet.launcher;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.state.Reporter;
import io.doppelfleet.proxy.state.StateFollower;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control plane in this process, and what this node does by it. Only a node that has a store
 * meets this class and what it loads.
 */
final class OwnFleet {
  private static final Logger LOG = LoggerFactory.getLogger(OwnFleet.class);

  /** So long changes gather before the file of links is written. */
  private static final long GATHER_MILLIS = 500;

  private final Vertx vertx;
  private final Sender sender;
  private final StateFollower follower;
  private final Path links;

  /** What the file of links is to have; null: it has it. */
  private final AtomicReference<@Nullable FleetState> unwritten = new AtomicReference<>();

  private OwnFleet(Vertx vertx, Sender sender, StateFollower follower, Path links) {
    this.vertx = vertx;
    this.sender = sender;
    this.follower = follower;
    this.links = links;
  }

  /**
   * Opens the store and the API. They end with Vert.x.
   *
   * @throws StartException when one of them can't be had
   */
  static OwnFleet start(Vertx vertx, String storeUrl, StateDirectory state, Clock clock)
      throws StartException {
    ControlOptions options =
        new ControlOptions(
            storeUrl, state.path().resolve("fleet.key"), ControlSocket.in(state.path()));
    Sender sender = new Sender("node", clock.instant());
    try {
      vertx.deployVerticle(new ControlVerticle(options, clock)).await();
      StateFollower follower = StateFollower.start(vertx, sender).await();
      return new OwnFleet(vertx, sender, follower, Access.fileIn(state.path()));
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("the control can't start", e);
    }
  }

  /** The present state. */
  FleetState state() {
    return follower.present().state();
  }

  /**
   * From now on the node runs each new state, and says so, and the file of links follows.
   *
   * @param server where clients reach the node
   * @param cover the host name of its cover
   */
  void serve(ProxyNode node, HostPort server, String cover) {
    Reporter reporter =
        new Reporter(vertx, sender, server, cover, node::clients, follower.present().revision());
    follower.follow(state -> take(state, node, reporter, server)).await();
  }

  private void take(KnownState state, ProxyNode node, Reporter reporter, HostPort server) {
    node.apply(state.state());
    reporter.applied(state.revision());
    if (unwritten.getAndSet(state.state()) == null) {
      vertx.setTimer(
          GATHER_MILLIS,
          gathered ->
              vertx.executeBlocking(
                  () -> {
                    write(server);
                    return null;
                  }));
    }
  }

  private void write(HostPort server) {
    FleetState state = unwritten.getAndSet(null);
    try {
      if (state != null) {
        Access.write(links, Access.of(server, NewestKeys.of(state)));
      }
    } catch (StateException e) {
      LOG.warn("{}", e.getMessage());
    }
  }
}
