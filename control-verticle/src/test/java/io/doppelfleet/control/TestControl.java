package io.doppelfleet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.access.PasswordCost;
import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A control with a store of its own, and a client of its API. */
final class TestControl implements AutoCloseable {
  static final String ALICE = "{\"name\": \"alice\", \"host\": \"www.example.org\"}";

  /** No test here is about what passwords cost. */
  private static final PasswordCost CHEAP = new PasswordCost(64, 1);

  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  final Path socket;
  private final HttpClient client = vertx.createHttpClient();
  private final Sender node = new Sender("node", Instant.EPOCH);

  private @Nullable ControlVerticle verticle;
  private @Nullable Documented documented;

  private TestControl(Path socket) {
    this.socket = socket;
  }

  static TestControl start(Path directory, String url) throws Exception {
    return start(directory, url, Clock.systemUTC());
  }

  /** With another clock than the machine's. */
  static TestControl start(Path directory, Clock clock) throws Exception {
    return start(directory, h2(directory), clock);
  }

  /** On its Unix socket alone. */
  static TestControl unserved(Path directory) throws Exception {
    return start(directory, h2(directory), true, Clock.systemUTC(), null);
  }

  /** One of several, of {@code role: control} unless a node is beside it. */
  static TestControl start(Path directory, String url, boolean besideNode) throws Exception {
    return start(directory, url, besideNode, Clock.systemUTC(), null);
  }

  private static TestControl start(Path directory, String url, Clock clock) throws Exception {
    HostPort any = new HostPort("127.0.0.1", 0);
    WebOptions web = new WebOptions(any, true, null, any.host(), 512);
    return start(directory, url, true, clock, web);
  }

  private static TestControl start(
      Path directory, String url, boolean besideNode, Clock clock, @Nullable WebOptions web)
      throws Exception {
    TestControl control = new TestControl(directory.resolve("control.sock"));
    ControlOptions options =
        new ControlOptions(
            url,
            directory.resolve("fleet.key"),
            directory.resolve("control.id"),
            control.socket,
            besideNode,
            new Ledger.Retention(Duration.ofDays(7), Duration.ofDays(400)),
            null,
            web,
            null);
    ControlVerticle verticle =
        new ControlVerticle(options, clock, new CompositeMeterRegistry(), CHEAP);
    try {
      get(control.vertx.deployVerticle(verticle));
      control.verticle = verticle;
      JsonObject document = control.call("GET", "/openapi.json").body();
      control.documented = get(Documented.of(control.vertx, document));
    } catch (Exception e) {
      control.close();
      throw e;
    }
    return control;
  }

  static TestControl start(Path directory) throws Exception {
    return start(directory, h2(directory));
  }

  private static String h2(Path directory) {
    return "jdbc:h2:file:" + directory.resolve("fleet");
  }

  /** What the first administrator is told; null where there is somebody. */
  @Nullable String invitation() {
    String link = Objects.requireNonNull(verticle).invitationLink();
    return link == null ? null : link.substring(link.indexOf("=") + 1);
  }

  HostPort webAddress() {
    return Objects.requireNonNull(Objects.requireNonNull(verticle).webAddress());
  }

  /** Somebody whom nobody knows yet, over TCP. */
  Visitor visitor() {
    return new Visitor(client, webAddress(), documented);
  }

  /** What the API answered. */
  record Reply(int status, JsonObject body, @Nullable String etag, @Nullable String type) {
    /** Its status, and what is wrong. */
    String problem() {
      assertThat(body.getInteger("status")).isEqualTo(status);
      return status + " " + body.getString("detail");
    }
  }

  Reply call(String method, String path) throws Exception {
    return get(send(method, path, null, null));
  }

  Reply call(String method, String path, String body) throws Exception {
    return get(send(method, path, body, null));
  }

  /** With If-Match. */
  Reply callOn(String etag, String method, String path, String body) throws Exception {
    return get(send(method, path, body, etag));
  }

  Future<Reply> send(String method, String path, @Nullable String body, @Nullable String ifMatch) {
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.domainSocketAddress(socket.toString()))
            .setHost("localhost")
            .setMethod(HttpMethod.valueOf(method))
            .setURI("/api/v1" + path);
    if (ifMatch != null) {
      options.putHeader("If-Match", ifMatch);
    }
    // The body is asked for on the event loop, or it may have come and gone before.
    return client
        .request(options)
        .compose(
            request ->
                (body == null ? request.send() : request.send(body)).compose(TestControl::reply))
        .compose(reply -> checked(method, path, reply));
  }

  private Future<Reply> checked(String method, String path, Reply reply) {
    Documented answers = documented;
    return answers == null
        ? Future.succeededFuture(reply)
        : answers.check(method, path, reply.status, reply.body, reply.etag).map(reply);
  }

  private static Future<Reply> reply(HttpClientResponse response) {
    return response
        .body()
        .map(
            bytes ->
                new Reply(
                    response.statusCode(),
                    bytes.toJsonObject(),
                    response.getHeader("ETag"),
                    response.getHeader("Content-Type")));
  }

  /** A node reports. */
  void report(long revision, String server, String cover) {
    report(node, revision, server, cover);
  }

  /** Another one does. */
  void report(Sender from, long revision, String server, String cover) {
    NodeReport report = new NodeReport(from.next(), revision, HostPort.parse(server), cover, 3);
    vertx.eventBus().publish(NodeReport.ADDRESS, Buffer.buffer(MessageJson.write(report)));
  }

  /** A node asks something, as its messages do; what a control answers. */
  FleetMessage ask(String address, FleetMessage question) throws Exception {
    Message<Buffer> answer =
        get(vertx.eventBus().request(address, Buffer.buffer(MessageJson.write(question))));
    return MessageJson.read(answer.body().getBytes());
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    get(vertx.close());
  }
}
