package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How others are to see how this process fares.
 *
 * @param metrics where Prometheus reads; null: nowhere
 * @param otlp where metrics are sent; null: nowhere
 * @param health where it is asked whether it is alive and ready; null: nowhere
 * @param jsonLog whether the log's lines are JSON
 */
public record Watching(
    @Nullable HostPort metrics,
    @Nullable Collector otlp,
    @Nullable HostPort health,
    boolean jsonLog) {
  /** Nothing but the log, as people read it. */
  public static final Watching NONE = new Watching(null, null, null, false);

  /**
   * A collector of metrics.
   *
   * @param url it takes OTLP over HTTP there
   * @param every from one time to the next
   */
  public record Collector(URI url, Duration every) {}

  /** The same with another place for Prometheus; null keeps the one that is there. */
  public Watching withMetrics(@Nullable HostPort address) {
    return address == null ? this : new Watching(address, otlp, health, jsonLog);
  }
}
