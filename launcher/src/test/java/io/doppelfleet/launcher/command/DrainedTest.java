package io.doppelfleet.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class DrainedTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @Test
  void aNodeIsWaitedForUntilItsLinkIsGoneAndItsClientsAreTold() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    HttpServer control =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  int clients = left.getAndDecrement();
                  JsonObject node =
                      new JsonObject()
                          .put("name", "paris")
                          .put("connected", clients > 0)
                          .put("clients", clients);
                  request
                      .response()
                      .end(new JsonObject().put("nodes", new JsonArray().add(node)).encode());
                })
            .listen(0, "127.0.0.1")
            .await();
    StringWriter err = new StringWriter();
    ControlUrl url = new ControlUrl(false, new HostPort("127.0.0.1", control.actualPort()));
    try (ApiClient api = new ApiClient(new WebDoor(url, "api1.x", new Trust(null, null)));
        Progress progress = Progress.on(new PrintWriter(err), true)) {
      new Drained(api, "paris", progress).await(60);
    }
    assertThat(left).hasValue(-1);
    assertThat(err.toString()).contains("2 clients are left", "1 clients are left");
  }
}
