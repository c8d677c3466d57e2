package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.UntoldFile;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.replay.HelloExchange;
import io.doppelfleet.proxy.rule.LeaseExchange;
import io.doppelfleet.proxy.state.BanCounter;
import io.doppelfleet.proxy.state.HealthReporter;
import io.doppelfleet.proxy.state.LimitExchange;
import io.doppelfleet.proxy.state.Reporter;
import io.doppelfleet.proxy.state.StateFollower;
import io.doppelfleet.proxy.state.TrafficReporter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this node runs each state that a control tells, in this process or elsewhere. */
final class Following {
  private static final Logger LOG = LoggerFactory.getLogger(Following.class);

  /** So long a node waits for what hellos others have met: a cold start's link takes seconds. */
  private static final long HELLOS_SECONDS = 10;

  private final Vertx vertx;
  private final Sender sender;
  private final StateFollower follower;
  private final @Nullable HelloExchange hellos;
  private final Path links;
  private final UntoldFile untold;
  private final @Nullable LastStateFile last;
  private final @Nullable ControlLink link;
  private @Nullable Reporter reporter;
  private @Nullable LinksFile linksFile;
  private @Nullable TrafficReporter traffic;
  private @Nullable BanCounter bans;
  private @Nullable HealthReporter health;
  private @Nullable LeaseExchange leases;
  private @Nullable LimitExchange limits;

  /**
   * With a follower that has begun.
   *
   * @param sender of this node's messages
   * @param hellos has begun too; null: there are no other nodes
   * @param state the directory that the newest keys' links are left in, and what no control has
   *     heard
   * @param last follows each state that the node runs, the first one too; null: a store has them
   * @param link to the control; null: it is in this process
   */
  Following(
      Vertx vertx,
      Sender sender,
      StateFollower follower,
      @Nullable HelloExchange hellos,
      Path state,
      @Nullable LastStateFile last,
      @Nullable ControlLink link) {
    this.vertx = vertx;
    this.sender = sender;
    this.follower = follower;
    this.hellos = hellos;
    this.links = Access.fileIn(state);
    this.untold = new UntoldFile(state);
    this.last = last;
    this.link = link;
  }

  /**
   * Begins to tell other nodes of hellos, and to hear of theirs.
   *
   * @param sender of this node's messages
   * @param tolerance how far a hello's time may be off, either way
   */
  static HelloExchange hellos(Vertx vertx, Sender sender, Duration tolerance) {
    SecureRandom random = new SecureRandom();
    return HelloExchange.start(vertx, sender, new FleetHellos(tolerance, random), random);
  }

  /**
   * Waits for what hellos others have met, and goes on without: where a control is there, it is
   * known what is a replay before anybody can come.
   *
   * @param hellos done when all of late was heard
   */
  static void awaitAll(Future<Void> hellos) {
    try {
      hellos.timeout(HELLOS_SECONDS, TimeUnit.SECONDS).await();
    } catch (Exception e) { // await() throws checked ones too
      LOG.info("this node begins without all that others have met of late: {}", e.getMessage());
    }
  }

  /** The hellos that other nodes have met; null: there are none. */
  @Nullable FleetHellos hellos() {
    return hellos == null ? null : hellos.hellos();
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
    bans = new BanCounter(vertx, sender, node::reached);
    leases = new LeaseExchange(vertx, sender, node.rules());
    limits = new LimitExchange(vertx, sender, node.uses());
    String version = Main.Version.number();
    health =
        new HealthReporter(
            vertx,
            () ->
                node.vitals()
                    .health(sender.next(), version, node.byOldKeys(state()), node.probes()));
    LinksFile file = new LinksFile(vertx, links, server, state());
    linksFile = file;
    follower.follow(state -> take(state, node, reports, file)).await();
  }

  private boolean isLinked() {
    return link == null || link.isOpen();
  }

  /** Counts how it follows. */
  void count(MeterRegistry meters) {
    Gauge.builder("doppelfleet.control.linked", () -> isLinked() ? 1 : 0)
        .description("1 where this node hears a control, 0 where it goes on with what it has")
        .register(meters);
    Gauge.builder("doppelfleet.revision", () -> follower.present().revision())
        .description("The revision of the fleet's state that this node runs")
        .register(meters);
  }

  /** How it stands with the control. */
  String words() {
    return (isLinked() ? "linked to a control" : "no link to a control")
        + ", revision "
        + follower.present().revision();
  }

  /** The node has ended: it says what has passed, takes no more states, and is heard no more. */
  void end() {
    if (traffic != null) {
      traffic.end().await();
    }
    if (bans != null) {
      bans.end().await();
    }
    if (leases != null) {
      leases.end().await();
    }
    if (limits != null) {
      limits.end().await();
    }
    if (health != null) {
      health.end();
    }
    if (hellos != null) {
      hellos.end().await();
    }
    follower.close().await();
    if (linksFile != null) {
      linksFile.end().await();
    }
    if (last != null) {
      last.end().await();
    }
    if (reporter != null) {
      reporter.end();
    }
    if (link != null) {
      link.close().await(); // what carries it ends next, and another isn't wanted
    }
  }

  private void take(KnownState state, ProxyNode node, Reporter reporter, LinksFile file) {
    node.apply(state.state());
    reporter.applied(state.revision());
    file.follow(state.state());
    if (last != null) {
      last.follow(state.state());
    }
  }
}
