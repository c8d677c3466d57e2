package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
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
    new Bodies(vertx, 100, new Room(1_000, 1_000), BodiesTest::anybody, 500).addTo(route);
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

  @Test
  void overHttp2ItsStreamEndsAndThoseBesideItGoOn() throws Exception {
    Router router = Router.router(vertx);
    router.get("/slow").handler(context -> vertx.setTimer(1_500, late -> context.end("there")));
    Route route = router.post("/");
    new Bodies(vertx, 100, new Room(1_000, 1_000), BodiesTest::anybody, 500).addTo(route);
    route.handler(context -> context.end("whole")).failureHandler(Problems::answer);
    HttpServer server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(server.actualPort()));
    Promise<Throwable> cut = Promise.promise();
    HttpClientRequest unfinished = get(client.request(HttpMethod.POST, "/"));
    unfinished.exceptionHandler(cut::tryComplete);
    get(unfinished.setChunked(true).write("{"));
    HttpClientRequest beside = get(client.request(HttpMethod.GET, "/slow"));
    Future<HttpClientResponse> answer = beside.send();
    assertThat(beside.connection()).isSameAs(unfinished.connection());
    assertThat(get(unfinished.response()).statusCode()).isEqualTo(408);
    assertThat(get(cut.future()))
        .isInstanceOfSatisfying(
            StreamResetException.class, reset -> assertThat(reset.getCode()).isZero());
    assertThat(get(answer.compose(HttpClientResponse::body)).toString()).isEqualTo("there");
  }

  @Test
  void allTogetherHaveSoMuchRoomWhichIsGivenBackWhateverBecomesOfThem() throws Exception {
    Router router = Router.router(vertx);
    Route route = router.route();
    new Bodies(vertx, 100, new Room(150, 150), BodiesTest::anybody, 2_000).addTo(route);
    route.handler(context -> context.end("whole")).failureHandler(Problems::answer);
    HttpServer server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    String head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ";
    for (int i = 0; i < 2; i++) {
      try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
          Socket other = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
          Socket small = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
        send(slow, head + "100\r\n\r\n{");
        Thread.sleep(300);
        send(other, head + "100\r\n\r\n" + " ".repeat(100));
        assertThat(all(other)).startsWith("HTTP/1.1 503 ");
        send(small, head + "2\r\n\r\n{}");
        assertThat(all(small)).startsWith("HTTP/1.1 200 ");
        assertThat(all(slow)).contains("HTTP/1.1 408 ");
      }
    }
  }

  @Test
  void whoIsGoneBeforeItIsKnownWhoTheyAreTakesNoRoom() throws Exception {
    Room room = new Room(100, 100);
    Promise<Void> gone = Promise.promise();
    Router router = Router.router(vertx);
    Route route = router.route();
    route.handler( // as one who is looked up meanwhile
        context -> {
          context.request().pause();
          context.response().closeHandler(gone::tryComplete);
          gone.future().onSuccess(end -> vertx.runOnContext(later -> context.next()));
        });
    new Bodies(vertx, 100, room, BodiesTest::anybody, 500).addTo(route);
    HttpServer server = get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    try (Socket leaves = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      send(leaves, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
      Thread.sleep(100);
      leaves.setSoLinger(true, 0);
    }
    get(gone.future());
    Promise<Void> later = Promise.promise();
    vertx.setTimer(1_000, timer -> later.complete());
    get(later.future());
    assertThat(room.take("another", 100)).isTrue();
  }

  private static String anybody(RoutingContext context) {
    return "anybody";
  }

  private static String all(Socket socket) throws Exception {
    socket.setSoTimeout(10_000);
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void send(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
