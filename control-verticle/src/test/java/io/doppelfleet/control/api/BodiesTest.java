package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a body may take. */
@Timeout(60)
final class BodiesTest {
  private static final String HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  @Test
  void oneThatIsNotWholeInTimeIsRefusedAndItsConnectionEndsAndOneThatIsHasNoEnd() throws Exception {
    Router router = Router.router(vertx);
    Route route = router.route();
    new Bodies(vertx, 100, 500).addTo(route);
    route.handler(context -> context.end("whole")).failureHandler(Problems::answer);
    HttpServer server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      socket.setSoTimeout(10_000);
      send(socket, HEAD + "{}");
      Thread.sleep(800);
      send(socket, HEAD + "{");
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .contains("HTTP/1.1 408 ");
    }
  }

  private static void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
