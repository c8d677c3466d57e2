package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.UntoldFile;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.state.Reporter;
import io.doppelfleet.proxy.state.StateFollower;
import io.doppelfleet.proxy.state.TrafficReporter;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How this node runs each state that a control tells, in this process or elsewhere. */
final class Following {
  private final Vertx vertx;
  private final Sender sender;
  private final StateFollower follower;
  private final Path links;
  private final UntoldFile untold;
  private final Consumer<FleetState> taken;
  private @Nullable Reporter reporter;
  private @Nullable LinksFile linksFile;
  private @Nullable TrafficReporter traffic;

  /**
   * With a follower that has begun.
   *
   * @param sender of this node's messages
   * @param state the directory that the newest keys' links are left in, and what no control has
   *     heard
   * @param taken hears of each state that the node runs, the first one too
   */
  Following(
      Vertx vertx, Sender sender, StateFollower follower, Path state, Consumer<FleetState> taken) {
    this.vertx = vertx;
    this.sender = sender;
    this.follower = follower;
    this.links = Access.fileIn(state);
    this.untold = new UntoldFile(state);
    this.taken = taken;
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
        new Reporter(
            vertx,
            sender,
            server,
            cover,
            node::clients,
            node::isDraining,
            follower.present().revision());
    reporter = reports;
    traffic = new TrafficReporter(vertx, sender, node.counts(), untold);
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
    taken.accept(state.state());
  }
}
