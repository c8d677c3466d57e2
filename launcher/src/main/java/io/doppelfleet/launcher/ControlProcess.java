package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control alone in this process, from the configuration to the signal that ends it. */
final class ControlProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ControlProcess.class);
  private static final int WORKERS = 4;
  private static final Duration TO_END = Duration.ofSeconds(10);

  private final ServiceManager manager = ServiceManager.ofEnvironment();
  private final Configuration configuration;
  private final String storeUrl;
  private final @Nullable HostPort metricsAddress;

  /**
   * Serves metrics where an address is given.
   *
   * @param storeUrl that of the configuration
   */
  ControlProcess(Configuration configuration, String storeUrl, @Nullable HostPort metricsAddress) {
    this.configuration = configuration;
    this.storeUrl = storeUrl;
    this.metricsAddress = metricsAddress;
  }

  /**
   * Runs until a signal.
   *
   * @throws StateException when the state directory can't be used
   * @throws StartException when the control can't start
   */
  void run() throws StateException, StartException, InterruptedException, ExecutionException {
    CompletableFuture<String> signal = Signals.first();
    try (StateDirectory state = StateDirectory.open(configuration.state())) {
      Metrics metrics = metricsAddress == null ? null : new Metrics();
      VertxOptions options =
          new VertxOptions()
              .setPreferNativeTransport(true) // for the Unix socket
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(WORKERS)
              .setInternalBlockingPoolSize(WORKERS);
      Vertx vertx =
          (metrics == null ? Vertx.builder().with(options) : metrics.builder(options)).build();
      try {
        OwnFleet.control(
            vertx, storeUrl, configuration, state, Clock.systemUTC(), Metrics.registryOf(metrics));
        serve(vertx, metrics);
        LOG.info("the control runs, its API is at {}", ControlSocket.in(state.path()));
        manager.ready("the control runs, its API is at " + ControlSocket.in(state.path()));
        String why = signal.get();
        manager.stopping("the control ends", TO_END);
        LOG.info("{}: the control ends", why);
      } finally {
        vertx.close().await();
      }
    }
  }

  private void serve(Vertx vertx, @Nullable Metrics metrics) throws StartException {
    if (metrics == null || metricsAddress == null) {
      return;
    }
    try {
      metrics.serve(vertx, metricsAddress).await();
    } catch (Exception e) { // await() throws checked ones too
      throw new StartException("metrics can't be served on " + metricsAddress, e);
    }
    List<String> oddities = new ArrayList<>();
    Listeners.warnIfPublic(metricsAddress, oddities);
    oddities.forEach(LOG::warn);
  }
}
