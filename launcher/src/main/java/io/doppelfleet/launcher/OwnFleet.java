package io.doppelfleet.launcher;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.http.CertificateFiles;
import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger.Retention;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.launcher.config.Cluster;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.NodesElsewhere;
import io.doppelfleet.launcher.config.WebAddress;
import io.doppelfleet.launcher.oddity.ListenProbe;
import io.doppelfleet.launcher.oddity.PublicHost;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.proxy.listen.Descriptors;
import io.doppelfleet.proxy.replay.HelloExchange;
import io.doppelfleet.proxy.state.StateFollower;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control plane in this process. Only a process that has a store meets this class and what it
 * loads.
 */
final class OwnFleet {
  private static final Logger LOG = LoggerFactory.getLogger(OwnFleet.class);

  private OwnFleet() {}

  /**
   * Opens the store and the API, and lets nodes in where the configuration says so. They end with
   * Vert.x. No node is in this process.
   *
   * @param storeUrl that of the configuration
   * @param meters where its counters go
   * @throws StartException when one of them can't be had
   */
  static ControlVerticle control(
      Vertx vertx,
      String storeUrl,
      Configuration configuration,
      StateDirectory state,
      Clock clock,
      MeterRegistry meters)
      throws StartException {
    return control(vertx, storeUrl, configuration, state, false, clock, meters);
  }

  private static ControlVerticle control(
      Vertx vertx,
      String storeUrl,
      Configuration configuration,
      StateDirectory state,
      boolean besideNode,
      Clock clock,
      MeterRegistry meters)
      throws StartException {
    Path directory = state.path();
    NodesElsewhere nodes = configuration.nodes();
    Cluster cluster = configuration.cluster();
    Path keyFile = cluster == null ? null : cluster.keyFile();
    ControlVerticle control =
        new ControlVerticle(
            new ControlOptions(
                storeUrl,
                keyFile == null ? directory.resolve("fleet.key") : keyFile,
                directory.resolve("control.id"),
                ControlSocket.in(directory),
                besideNode,
                new Retention(configuration.keepHours(), configuration.keepDays()),
                nodes == null ? null : links(nodes),
                web(configuration.web()),
                cluster == null ? null : cluster.options()),
            clock,
            meters);
    try {
      vertx.deployVerticle(control).await();
      FirstAdministrator.invite(control, directory);
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("the control can't start", e);
    }
    return control;
  }

  /** A port that was only ours to choose is no reason to leave nodes without their control. */
  private static @Nullable WebOptions web(@Nullable WebAddress address) throws StartException {
    if (address == null) {
      return null;
    }
    Optional<String> refusal = ListenProbe.refusal(address.listen(), "control.listen");
    if (refusal.isPresent() && address.chosen()) {
      throw new StartException(refusal.get());
    }
    refusal.ifPresent(why -> LOG.warn("the API is served on its Unix socket alone: {}", why));
    if (refusal.isPresent()) {
      return null;
    }
    WebAddress.Tls tls = address.tls();
    return new WebOptions(
        address.listen(),
        address.chosen(),
        tls == null ? null : new CertificateFiles(tls.certificate(), tls.key()),
        address.host(),
        WebOptions.connections(Descriptors.allowed()));
  }

  private static LinkOptions links(NodesElsewhere nodes) {
    String host = nodes.publicHost();
    Integer port = nodes.publicPort();
    return new LinkOptions(
        nodes.listen(),
        new HostPort(
            host == null ? reachable(nodes.listen().host()) : host,
            port == null ? nodes.listen().port() : port));
  }

  private static String reachable(String listen) {
    return Listeners.isWildcard(listen) ? PublicHost.ofDefaultRoute().orElse("127.0.0.1") : listen;
  }

  /**
   * The same, and this process's node follows it.
   *
   * @throws StartException when that can't be
   */
  static Following start(
      Vertx vertx,
      String storeUrl,
      Configuration configuration,
      StateDirectory state,
      Clock clock,
      MeterRegistry meters)
      throws StartException {
    ControlVerticle control = control(vertx, storeUrl, configuration, state, true, clock, meters);
    Sender sender = new Sender(control.ownNode(), clock.instant());
    try {
      StateFollower follower = StateFollower.start(vertx, sender, control.statesKey()).await();
      HelloExchange hellos = null;
      if (control.tellsHellos()) {
        hellos = Following.hellos(vertx, sender, configuration.limits().clockTolerance());
        Following.awaitAll(hellos.complete());
      }
      // Without a last state: the store has it.
      return new Following(vertx, sender, follower, hellos, state.path(), null, null);
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("the control can't start", e);
    }
  }
}
