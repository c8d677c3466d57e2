package io.doppelfleet.launcher;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.Watching;
import io.doppelfleet.launcher.state.ControlSocket;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.launcher.watch.DumpNote;
import io.doppelfleet.launcher.watch.Watch;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control alone in this process, from the configuration to the signal that ends it. */
final class ControlProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ControlProcess.class);
  private static final int WORKERS = 4;
  private static final Duration TO_END = Duration.ofSeconds(10);

  private final ServiceManager manager = ServiceManager.ofEnvironment();
  private final Reload reload;
  private final Configuration configuration;
  private final String storeUrl;
  private final Watching watching;

  /**
   * Shows how it fares as it is asked to.
   *
   * @param reload follows the configuration's file
   * @param storeUrl that of the configuration
   */
  ControlProcess(Reload reload, Configuration configuration, String storeUrl, Watching watching) {
    this.reload = reload;
    this.configuration = configuration;
    this.storeUrl = storeUrl;
    this.watching = watching;
  }

  /**
   * Runs until a signal.
   *
   * @throws StateException when the state directory can't be used
   * @throws StartException when the control can't start
   */
  void run() throws StateException, StartException, InterruptedException, ExecutionException {
    CompletableFuture<String> signal = Signals.first();
    try (StateDirectory state = StateDirectory.open(configuration.state());
        Watch watch = new Watch(watching, Main.Version.number())) {
      VertxOptions options =
          new VertxOptions()
              .setPreferNativeTransport(true) // for the Unix socket
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(WORKERS)
              .setInternalBlockingPoolSize(WORKERS);
      Vertx vertx = watch.builder(options).build();
      try {
        serve(vertx, watch);
        HeapReturn.watch(vertx, () -> 1); // no crowd comes and goes here
        OwnFleet.control(
            vertx, storeUrl, configuration, state, Clock.systemUTC(), watch.registry());
        watch.health().serves();
        reload.begin(configuration, false, taker());
        LOG.info("the control runs, its API is at {}", ControlSocket.in(state.path()));
        manager.ready("the control runs, its API is at " + ControlSocket.in(state.path()));
        String why = new DumpNote(watch.health(), null, () -> "a control").await(signal);
        watch.health().ends();
        reload.close();
        manager.stopping("the control ends", TO_END);
        LOG.info("{}: the control ends", why);
      } finally {
        vertx.close().await();
      }
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  private Reload.Taker taker() {
    return new Reload.Taker() {
      @Override
      public void take(List<NamedSecret> secrets) {
        throw new IllegalStateException("secrets are in the store");
      }

      @Override
      public void tell(String how) {
        manager.status("the control runs; " + how);
      }
    };
  }

  private void serve(Vertx vertx, Watch watch) throws IOException {
    watch.serve(vertx);
    List<String> oddities = new ArrayList<>();
    Listeners.warnIfPublic(watching.metrics(), oddities);
    oddities.forEach(LOG::warn);
  }
}
