package io.doppelfleet.launcher;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.node.Ledger.Retention;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.state.Reporter;
import io.doppelfleet.proxy.state.StateFollower;
import io.doppelfleet.proxy.state.TrafficReporter;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A control plane in this process, and what this node does by it. Only a node that has a store
 * meets this class and what it loads.
 */
final class OwnFleet {
  private final Vertx vertx;
  private final Sender sender;
  private final StateFollower follower;
  private final Path links;
  private @Nullable Reporter reporter;
  private @Nullable LinksFile linksFile;
  private @Nullable TrafficReporter traffic;

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
  static OwnFleet start(
      Vertx vertx, String storeUrl, Retention retention, StateDirectory state, Clock clock)
      throws StartException {
    ControlOptions options =
        new ControlOptions(
            storeUrl,
            state.path().resolve("fleet.key"),
            ControlSocket.in(state.path()),
            retention,
            null);
    Sender sender = new Sender(Sender.OWN_NODE, clock.instant());
    try {
      ControlVerticle control = new ControlVerticle(options, clock);
      vertx.deployVerticle(control).await();
      StateFollower follower = StateFollower.start(vertx, sender, control.statesKey()).await();
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
    Reporter reports =
        new Reporter(vertx, sender, server, cover, node::clients, follower.present().revision());
    reporter = reports;
    traffic = new TrafficReporter(vertx, sender, node.counts());
    LinksFile file = new LinksFile(vertx, links, server, state());
    linksFile = file;
    follower.follow(state -> take(state, node, reports, file)).await();
  }

  /** The node has ended: it says what has passed, takes no more states, and is heard no more. */
  void end() {
    if (traffic != null) {
      traffic.end().await();
    }
    follower.close().await();
    if (linksFile != null) {
      linksFile.end().await();
    }
    if (reporter != null) {
      reporter.end();
    }
  }

  private void take(KnownState state, ProxyNode node, Reporter reporter, LinksFile file) {
    node.apply(state.state());
    reporter.applied(state.revision());
    file.follow(state.state());
  }
}
