package io.doppelfleet.proxy;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;

/** The data plane of one process: what its event loops share, and the verticles on them. */
public final class ProxyNode {
  private ProxyNode() {}

  /**
   * Opens the listeners. Fails with a {@link java.io.IOException} or {@link java.net.BindException}
   * whose message names the address or file.
   *
   * @param vertx with at least as many event loops as the options name
   * @param state the secrets to begin with
   * @param clock wall clock for hellos; durations are measured on the monotonic one
   * @param meters where the counters go
   */
  public static Future<ProxyNode> start(
      Vertx vertx, ProxyOptions options, FleetState state, Clock clock, MeterRegistry meters) {
    return Future.failedFuture("not built yet");
  }

  /** Takes a new state at once; connections keep the secret that they came with. */
  public void apply(FleetState state) {
    state.secrets();
  }

  /** The addresses that are listened on, ports filled in. */
  public List<HostPort> listening() {
    return List.of();
  }

  /**
   * Stops accepting, lets pairs finish for {@link ProxyOptions.Limits#drain}, cuts the rest. The
   * result is the number of pairs that were cut.
   */
  public Future<Integer> drain() {
    return Future.failedFuture("not built yet");
  }
}
