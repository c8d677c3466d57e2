package io.doppelfleet.launcher.watch;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.metrics.MetricsPush;
import io.doppelfleet.launcher.config.Watching;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * What is counted: as Prometheus's text over HTTP, sent to a collector, or both. A process without
 * either has no such object, and loads nothing of it.
 */
final class Metrics implements AutoCloseable {
  /** The node counts pairs itself; Vert.x's own accounts of each socket would cost memory. */
  private static final Set<String> UNCOUNTED =
      Set.of(
          MetricsDomain.NET_SERVER.toCategory(),
          MetricsDomain.NET_CLIENT.toCategory(),
          MetricsDomain.HTTP_SERVER.toCategory(),
          MetricsDomain.HTTP_CLIENT.toCategory(),
          MetricsDomain.DATAGRAM_SOCKET.toCategory(),
          MetricsDomain.EVENT_BUS.toCategory());

  /** For the last time, when the process ends. */
  private static final Duration TO_SEND = Duration.ofSeconds(6);

  private static final String FORM = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry page =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MeterRegistry registry;

  /**
   * With the metrics of the process itself.
   *
   * @param version of this program
   * @throws IOException where what sends them is not there
   */
  Metrics(Watching watching, String version) throws IOException {
    Watching.Collector collector = watching.otlp();
    if (collector == null) {
      registry = page;
    } else {
      CompositeMeterRegistry both = new CompositeMeterRegistry();
      if (watching.metrics() != null) {
        both.add(page);
      }
      both.add(MetricsPush.load().begin(collector.url(), collector.every(), version));
      registry = both;
    }
    registry.config().meterFilter(new Conventions());
    new ProcessMeters().bindTo(registry);
    Gauge.builder("doppelfleet.build.info", () -> 1)
        .description("Always 1; the label says which version runs")
        .tag("version", version)
        .register(registry);
  }

  /** Where the node's counters go. */
  MeterRegistry registry() {
    return registry;
  }

  /** A Vert.x whose pools and virtual machine are measured too. */
  VertxBuilder builder(VertxOptions options) {
    options.setMetricsOptions(
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setDisabledMetricsCategories(UNCOUNTED)
            .setJvmMetricsEnabled(true));
    return Vertx.builder().with(options).withMetrics(new MicrometerMetricsFactory(registry));
  }

  /** Listens; fails where the address can't be had. */
  Future<HttpServer> serve(Vertx vertx, HostPort address) {
    return vertx
        .createHttpServer()
        .requestHandler(request -> answer(vertx, request))
        .listen(address.port(), address.host());
  }

  private void answer(Vertx vertx, HttpServerRequest request) {
    if (!"/metrics".equals(request.path())) {
      request.response().setStatusCode(404).end("see /metrics\n");
      return;
    }
    // Writing all meters takes milliseconds, which no event loop has.
    vertx
        .executeBlocking(() -> page.scrape(), false)
        .onSuccess(text -> request.response().putHeader("content-type", FORM).end(text))
        .onFailure(e -> request.response().setStatusCode(500).end());
  }

  /** Sends what there is once more, where it is sent: for some seconds at the most. */
  @Override
  public void close() {
    registry.close();
    if (registry instanceof CompositeMeterRegistry both) {
      // A name that doesn't resolve takes as long as it likes.
      Thread last =
          Thread.ofPlatform()
              .daemon()
              .name("last-metrics")
              .start(() -> both.getRegistries().forEach(MeterRegistry::close));
      try {
        last.join(TO_SEND);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
