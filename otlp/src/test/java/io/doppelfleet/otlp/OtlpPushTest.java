package io.doppelfleet.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.doppelfleet.fleet.metrics.MetricsPush;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Micrometer sends, read with OpenTelemetry's own messages by a collector of the test's. */
@Timeout(30)
class OtlpPushTest {
  private final BlockingQueue<ExportMetricsServiceRequest> received = new LinkedBlockingQueue<>();
  private HttpServer collector;

  @BeforeEach
  void start() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/metrics",
        exchange -> {
          received.add(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
  }

  @AfterEach
  void end() {
    collector.stop(0);
  }

  private MeterRegistry begin(Duration every) throws Exception {
    int port = collector.getAddress().getPort();
    return MetricsPush.load().begin(URI.create("http://127.0.0.1:" + port + "/v1/metrics"), every);
  }

  @Test
  void whatIsCountedComesInEachInterval() throws Exception {
    MeterRegistry registry = begin(Duration.ofSeconds(1));
    registry.counter("doppelfleet.accepted", "kind", "test").increment(3);
    ExportMetricsServiceRequest request = received.poll(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    assertThat(metrics(request))
        .anySatisfy(
            metric -> {
              assertThat(metric.getName()).isEqualTo("doppelfleet.accepted");
              assertThat(metric.getSum().getDataPoints(0).getAsDouble()).isEqualTo(3);
            });
    registry.close();
  }

  @Test
  void whatIsLeftComesAtTheEndAndSaysWhoSentIt() throws Exception {
    MeterRegistry registry = begin(Duration.ofHours(1));
    registry.gauge("doppelfleet.connections", 12);
    registry.close();
    ExportMetricsServiceRequest request = received.poll(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    ResourceMetrics sent = request.getResourceMetrics(0);
    assertThat(sent.getResource().getAttributesList())
        .anySatisfy(
            attribute -> {
              assertThat(attribute.getKey()).isEqualTo("service.name");
              assertThat(attribute.getValue().getStringValue()).isEqualTo("doppelfleet");
            });
    assertThat(metrics(request)).extracting(Metric::getName).contains("doppelfleet.connections");
  }

  private static List<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }
}
