package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
  private static final String TEXT =
      """
      # HELP waiting_bytes Bytes that wait
      # TYPE waiting_bytes gauge
      waiting_bytes{loop="0",} 12.0
      waiting_bytes{loop="1",} 1.5E3
      waiting_bytes_most 99.0
      """;

  private HttpServer server;
  private MetricsPage page;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
    page = MetricsPage.at(server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aMetricHasAValueForEachOfItsLabels() throws Exception {
    assertThat(page.values("waiting_bytes")).containsExactly(12.0, 1500.0);
    assertThat(page.values("waiting_bytes{loop=\"1\",}")).containsExactly(1500.0);
    assertThat(page.values("waiting_bytes_most")).containsExactly(99.0);
  }

  @Test
  void aMetricThatIsNotThereIsNotZero() {
    assertThatThrownBy(() -> page.values("waiting"))
        .isInstanceOf(IOException.class)
        .hasMessage("the node has no metric waiting");
  }
}
