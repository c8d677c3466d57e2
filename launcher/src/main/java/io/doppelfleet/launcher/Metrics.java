package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prometheus text over HTTP. */
final class Metrics {
  /** The node counts pairs itself; Vert.x's own accounts of each socket would cost memory. */
  private static final Set<String> UNCOUNTED =
      Set.of(
          MetricsDomain.NET_SERVER.toCategory(),
          MetricsDomain.NET_CLIENT.toCategory(),
          MetricsDomain.HTTP_SERVER.toCategory(),
          MetricsDomain.HTTP_CLIENT.toCategory(),
          MetricsDomain.DATAGRAM_SOCKET.toCategory(),
          MetricsDomain.EVENT_BUS.toCategory());

  private static final String FORM = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** A registry that takes no two meters of one name. */
  Metrics() {
    // Vert.x's two groups of loops have these meters under the same names, which is a warning.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("netty.eventexecutor"));
  }

  /** Where the node's counters go. */
  MeterRegistry registry() {
    return registry;
  }

  /** The same, or one that nobody sees where there are no metrics. */
  static MeterRegistry registryOf(@Nullable Metrics metrics) {
    return metrics == null ? new CompositeMeterRegistry() : metrics.registry;
  }

  /** A Vert.x whose pools, buffers and virtual machine are measured too. */
  VertxBuilder builder(VertxOptions options) {
    options.setMetricsOptions(
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setDisabledMetricsCategories(UNCOUNTED)
            .setJvmMetricsEnabled(true)
            .setNettyMetricsEnabled(true));
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
        .executeBlocking(() -> registry.scrape(), false)
        .onSuccess(text -> request.response().putHeader("content-type", FORM).end(text))
        .onFailure(e -> request.response().setStatusCode(500).end());
  }
}
