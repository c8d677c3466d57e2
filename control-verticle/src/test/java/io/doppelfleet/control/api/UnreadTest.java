package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that nobody reads. */
@Timeout(60)
final class UnreadTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** More than both kernels take. */
  private static final int LONG = 1 << 20;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  /** Where all have room for one long answer, and each so much time. */
  private HttpServer serve(long millis) throws Exception {
    Unread unread =
        new Unread(vertx, new Room(LONG + 100, LONG + 100), context -> "anybody", millis);
    Router router = Router.router(vertx);
    router
        .get("/long")
        .handler(
            context ->
                unread.send(
                    context, new Answer(200, Buffer.buffer(new byte[LONG]), 0, null, false)));
    router
        .get("/short")
        .handler(context -> unread.send(context, Answer.encoded(Buffer.buffer("{}"))));
    router.route().failureHandler(Problems::answer);
    return get(
        vertx
            .createHttpServer(new HttpServerOptions().setSendBufferSize(4096))
            .requestHandler(router)
            .listen(0, "127.0.0.1"));
  }

  private static Socket asked(HttpServer server, String path) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort()));
    socket.setSoTimeout(20_000);
    String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /** All that comes until the connection ends, in order or not. */
  private static byte[] read(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return all.toByteArray();
  }

  private static String status(HttpServer server, String path) throws IOException {
    try (Socket socket = asked(server, path)) {
      return new String(read(socket), StandardCharsets.UTF_8).split(" ", 3)[1];
    }
  }

  @Test
  void haveSoMuchRoomTogetherAndShortOnesAlwaysLeave() throws Exception {
    HttpServer server = serve(30_000);
    try (Socket idle = asked(server, "/long")) {
      await().atMost(SOON).until(() -> status(server, "/long").equals("503"));
      assertThat(status(server, "/short")).isEqualTo("200");
      assertThat(read(idle)).hasSizeGreaterThan(LONG);
    }
    await().atMost(SOON).until(() -> status(server, "/long").equals("200"));
  }

  @Test
  void areGivenUpAfterAWhileAndTheirRoomIsOthers() throws Exception {
    HttpServer server = serve(500);
    try (Socket idle = asked(server, "/long")) {
      await().atMost(SOON).until(() -> status(server, "/long").equals("200"));
      assertThat(read(idle)).hasSizeLessThan(LONG);
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
