package io.doppelfleet.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.config.Watching;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MetricsTest {
  @Test
  void prometheusReadsWhatTheNodeCountsAndTheVirtualMachineToo() throws Exception {
    Metrics metrics = new Metrics(Watching.NONE, "1.2");
    Vertx vertx = metrics.builder(new VertxOptions().setEventLoopPoolSize(1)).build();
    try {
      int port = metrics.serve(vertx, new HostPort("127.0.0.1", 0)).await().actualPort();
      metrics.registry().counter("doppelfleet.test").increment(3);

      HttpResponse<String> read = get(port, "/metrics");
      assertThat(read.statusCode()).isEqualTo(200);
      assertThat(read.headers().firstValue("content-type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(read.body())
          .contains("doppelfleet_test_total 3.0")
          .contains("jvm_memory_used_bytes", "doppelfleet_build_info{version=\"1.2\"} 1\n")
          .doesNotContain("vertx_net_", "vertx_http_", "vertx_eventbus_");
      assertThat(get(port, "/").statusCode()).isEqualTo(404);
    } finally {
      vertx.close().await();
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
