package io.doppelfleet.launcher.watch;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.config.Watching;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All by which others see how this process fares, as it was asked for. */
public final class Watch implements AutoCloseable {
  private final Watching watching;
  private final Health health = new Health();
  private final @Nullable Metrics metrics;
  private final MeterRegistry registry;

  /**
   * Nobody hears of anything yet.
   *
   * @param version of this program
   * @throws IOException where what sends metrics is not there
   */
  public Watch(Watching watching, String version) throws IOException {
    this.watching = watching;
    this.metrics =
        watching.metrics() == null && watching.otlp() == null
            ? null
            : new Metrics(watching, version);
    this.registry = metrics == null ? new CompositeMeterRegistry() : metrics.registry();
  }

  /** Where counters go; nobody sees them where there are no metrics. */
  public MeterRegistry registry() {
    return registry;
  }

  /** What is told of the process's health. */
  public Health health() {
    return health;
  }

  /** A Vert.x that is measured where there are metrics. */
  public VertxBuilder builder(VertxOptions options) {
    return metrics == null ? Vertx.builder().with(options) : metrics.builder(options);
  }

  /**
   * Listens, until Vert.x ends.
   *
   * @throws IOException with a sentence where an address can't be had
   */
  public void serve(Vertx vertx) throws IOException {
    HostPort at = watching.metrics();
    if (metrics != null && at != null) {
      try {
        metrics.serve(vertx, at).await();
      } catch (Exception e) { // await() throws checked ones too
        throw new IOException("metrics can't be served on " + at + ": " + e.getMessage(), e);
      }
    }
    HostPort asked = watching.health();
    if (asked != null) {
      try {
        HealthPage.serve(vertx, asked, health).await();
      } catch (Exception e) { // await() throws checked ones too
        throw new IOException("health can't be served on " + asked + ": " + e.getMessage(), e);
      }
    }
  }

  /** Sends the last of what is sent. */
  @Override
  public void close() {
    if (metrics != null) {
      metrics.close();
    }
  }
}
