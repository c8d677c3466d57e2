package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For whom pages stay open, where a second has passed in 10 ms. */
@Timeout(60)
final class EventsTest {
  private static final Future<Caller> ANNA =
      Future.succeededFuture(new Caller("anna", "192.0.2.1", Role.VIEWER, null, null));

  private static final int WINDOW = 65_535;

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<HttpClient> clients = new ArrayList<>();
  private volatile Future<Caller> answer = ANNA;
  private volatile Supplier<JsonObject> now = JsonObject::new;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = serve(10);
  }

  private HttpServer serve(long tickMillis) throws Exception {
    Events events =
        new Events(
            vertx,
            vertx.createSharedWorkerExecutor("test", 1),
            context -> answer,
            () -> Answer.of(1, now.get()),
            tickMillis);
    Router router = Router.router(vertx);
    router.route().handler(EventsTest::identify).handler(events::open);
    router.route().failureHandler(Problems::answer);
    return get(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  @AfterEach
  void end() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    for (HttpClient client : clients) {
      get(client.close());
    }
    get(vertx.close());
  }

  private static void identify(RoutingContext context) {
    String author = String.valueOf(context.request().getParam("author"));
    context.put(Caller.class.getName(), new Caller(author, "192.0.2.1", Role.VIEWER, null, null));
    context.next();
  }

  /** A page that somebody has open. */
  private BufferedReader listener(String author) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    sockets.add(socket);
    socket.setSoTimeout(10_000);
    String request = "GET /?author=" + author + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Reads on until a line comes; false where the stream ends before. */
  private static boolean comes(BufferedReader stream, String awaited) throws IOException {
    for (String line = stream.readLine(); line != null; line = stream.readLine()) {
      if (line.equals(awaited)) {
        return true;
      }
      if (line.equals("0")) { // the last chunk
        return false;
      }
    }
    return false;
  }

  private static Future<Caller> problem(int status) {
    return Future.failedFuture(Problem.of(status, "a test"));
  }

  @Test
  void whoCannotBeLookedUpStaysForAMinuteAndWhoMayNoMoreDoesNot() throws Exception {
    BufferedReader stream = listener("anna");
    assertThat(comes(stream, ": here")).isTrue();
    answer = problem(503);
    for (int i = 0; i < 3; i++) { // of the first it may have been looked before
      assertThat(comes(stream, ": here")).isTrue();
    }
    answer = problem(401);
    assertThat(comes(stream, "none")).isFalse();
  }

  /** Asks for events whose first is more than the window, and reads none of it. */
  private HttpClientResponse unread(
      HttpServer at, AtomicInteger asked, List<String> told, Promise<Throwable> broken)
      throws Exception {
    String much = "x".repeat(3 * WINDOW);
    now = () -> new JsonObject().put("number", asked.incrementAndGet()).put("much", much);
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW))
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(at.actualPort());
    HttpClient client = vertx.createHttpClient(options);
    clients.add(client); // one that nobody has any more is closed
    return get(
        client
            .request(HttpMethod.GET, "/?author=anna")
            .compose(
                request ->
                    request
                        .send()
                        .onSuccess(
                            begun ->
                                begun
                                    .exceptionHandler(broken::tryComplete)
                                    .handler(part -> told.add(part.toString()))
                                    .pause())));
  }

  @Test
  void forWhoReadsNothingOneEventWaitsAndThenTheNewestIsTold() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    List<String> told = new CopyOnWriteArrayList<>();
    HttpClientResponse response = unread(serve(200), asked, told, Promise.promise());
    await().until(() -> asked.get() > 12);
    int before = asked.get();
    response.resume();
    Pattern number = Pattern.compile("\"number\":([0-9]+)");
    List<Integer> numbers = new ArrayList<>();
    await()
        .until(
            () -> {
              numbers.clear();
              number
                  .matcher(String.join("", told))
                  .results()
                  .forEach(n -> numbers.add(Integer.valueOf(n.group(1))));
              return !numbers.isEmpty() && numbers.getLast() >= before;
            });
    assertThat(numbers).filteredOn(each -> each < before).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void whoReadsNothingForAMinuteHasNoStreamAnyMore() throws Exception {
    Promise<Throwable> broken = Promise.promise();
    unread(server, new AtomicInteger(), new CopyOnWriteArrayList<>(), broken);
    assertThat(get(broken.future())).isInstanceOf(StreamResetException.class);
  }

  @Test
  void nobodyTakesThePlacesOfAll() throws Exception {
    for (int i = 0; i < 16; i++) {
      assertThat(comes(listener("anna"), "retry: 2000")).isTrue();
    }
    assertThat(listener("anna").readLine()).startsWith("HTTP/1.1 429 ");
    assertThat(comes(listener("bert"), "retry: 2000")).isTrue();
    sockets.getFirst().close();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> listener("anna").readLine().startsWith("HTTP/1.1 200 "));
  }

  @Test
  void whoCannotBeLookedUpForAMinuteIsToldNoMore() throws Exception {
    BufferedReader stream = listener("anna");
    assertThat(comes(stream, ": here")).isTrue();
    answer = problem(503);
    assertThat(comes(stream, "none")).isFalse();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
