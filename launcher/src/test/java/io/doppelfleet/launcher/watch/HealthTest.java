package io.doppelfleet.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.Vitals;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthTest {
  private final Health health = new Health();
  private final Vertx vertx =
      Vertx.builder().with(new VertxOptions().setEventLoopPoolSize(1)).build();
  private int port;

  /** Of a node with one loop. */
  static Vitals vitals(boolean draining, double overdue) {
    return vitals(draining, overdue, 12, false);
  }

  private static Vitals vitals(
      boolean draining, double overdue, int connections, boolean memoryGone) {
    return new Vitals(
        draining,
        connections,
        9000,
        memoryGone,
        10,
        1,
        1,
        List.of(new Vitals.Loop(0.25, overdue, 34, 2)),
        4096,
        true,
        List.of("4"),
        List.of("2", "other"),
        3,
        1);
  }

  @BeforeEach
  void serve() throws Exception {
    port =
        HealthPage.serve(vertx, new HostPort("127.0.0.1", 0), health)
            .toCompletionStage()
            .toCompletableFuture()
            .get()
            .actualPort();
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void aProcessIsReadyFromItsStartUntilItDrainsAndAliveAllTheTime() throws Exception {
    expect("/readyz", 503, "starting\n");
    expect("/livez", 200, "ok\n");
    health.serves(() -> vitals(false, 0));
    expect("/readyz", 200, "ok\n");
    health.serves(() -> vitals(true, 0));
    expect("/readyz", 503, "draining\n");
    expect("/livez", 200, "ok\n");
    health.ends();
    expect("/readyz", 503, "stopping\n");
    expect("/livez", 200, "ok\n");
  }

  @Test
  void aLoopThatIsStuckForLongMakesItNeither() throws Exception {
    health.serves(() -> vitals(false, 14));
    expect("/livez", 200, "ok\n");
    health.serves(() -> vitals(false, 40));
    expect("/livez", 503, "event loop 0 has been stuck for 40 s\n");
    expect("/readyz", 503, "event loop 0 has been stuck for 40 s\n");
  }

  @Test
  void whoHasNoMemoryForNewOnesIsNotReadyEither() throws Exception {
    health.serves(() -> vitals(false, 0, 12, true));
    expect("/readyz", 503, "short of memory\n");
    expect("/livez", 200, "ok\n");
  }

  @Test
  void whoIsFullIsReadyAgainWhenSomebodyLeaves() throws Exception {
    health.serves(() -> vitals(false, 0, 9000, false));
    expect("/readyz", 503, "full\n");
    expect("/livez", 200, "ok\n");
    health.serves(() -> vitals(false, 0, 8999, false));
    expect("/readyz", 200, "ok\n");
  }

  @Test
  void aControlIsReadyWithoutANode() throws Exception {
    health.serves();
    expect("/readyz", 200, "ok\n");
    expect("/livez", 200, "ok\n");
  }

  @Test
  void whoIsElsewhereHearsNoReason() {
    assertThat(HealthPage.words(List.of("draining"), InetAddress.ofLiteral("192.0.2.1")))
        .isEqualTo("unavailable\n");
    assertThat(HealthPage.words(List.of("draining"), InetAddress.ofLiteral("::1")))
        .isEqualTo("draining\n");
  }

  @Test
  void nothingThatItSaysNamesAProxy() throws Exception {
    for (String path : List.of("/", "/metrics", "/livez", "/readyz", "/readyz/")) {
      HttpResponse<String> answer = get(path);
      assertThat((answer.headers().map() + answer.body()).toLowerCase(Locale.ROOT))
          .doesNotContain("doppel", "proxy", "telegram", "vert", "java", "server");
    }
    expect("/", 404, "");
    expect("/metrics", 404, "");
  }

  private void expect(String path, int status, String body) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(status);
    assertThat(answer.body()).as(path).isEqualTo(body);
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
