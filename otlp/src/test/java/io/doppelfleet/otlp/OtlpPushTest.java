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
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
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
    return MetricsPush.load()
        .begin(URI.create("http://127.0.0.1:" + port + "/v1/metrics"), every, "1.2");
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
    registry.timer("doppelfleet.datacenter.dial").record(Duration.ofMillis(1500));
    registry.close();
    ExportMetricsServiceRequest request = received.poll(10, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    ResourceMetrics sent = request.getResourceMetrics(0);
    assertThat(attribute(sent, "service.name")).isEqualTo("doppelfleet");
    assertThat(attribute(sent, "service.version")).isEqualTo("1.2");
    assertThat(metrics(request)).extracting(Metric::getName).contains("doppelfleet.connections");
    assertThat(metrics(request))
        .filteredOn(metric -> metric.getName().equals("doppelfleet.datacenter.dial"))
        .singleElement()
        .satisfies(
            metric -> {
              assertThat(metric.getUnit()).isEqualTo("seconds");
              assertThat(metric.getHistogram().getDataPoints(0).getSum()).isEqualTo(1.5);
            });
  }

  /** Or a collector would take the sums of two for those of one that falls. */
  @Test
  void eachProcessIsOneOfItsOwn() throws Exception {
    List<String> instances = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      MeterRegistry registry = begin(Duration.ofHours(1));
      registry.gauge("doppelfleet.connections", 12);
      registry.close();
      ExportMetricsServiceRequest request = received.poll(10, TimeUnit.SECONDS);
      assertThat(request).isNotNull();
      instances.add(attribute(request.getResourceMetrics(0), "service.instance.id"));
    }
    assertThat(instances).doesNotHaveDuplicates().doesNotContain("");
  }

  /** A process that ends isn't held by a collector that takes connections and says nothing. */
  @Test
  void aCollectorThatHangsHoldsNobodyForLong() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI there = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/v1/metrics");
      MeterRegistry registry = MetricsPush.load().begin(there, Duration.ofHours(1), "1.2");
      registry.gauge("doppelfleet.connections", 12);
      registry.close(); // in 5 s
      assertThat(registry.isClosed()).isTrue();
    }
  }

  private static String attribute(ResourceMetrics sent, String key) {
    return sent.getResource().getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }

  private static List<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }
}
