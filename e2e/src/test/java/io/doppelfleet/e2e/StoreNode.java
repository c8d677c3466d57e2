package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** A node with a store of its own, as a process, and clients, data centre and cover around it. */
final class StoreNode implements AutoCloseable {
  /** Of the secrets that it adds. */
  static final String HOST = "cover.example";

  /** Telegram's data centre for content, which no node asks through itself. */
  static final int CONTENT = 203;

  /** Beside other tests a start may take its time. */
  private static final Duration STARTED = Duration.ofSeconds(30);

  final ControlApi api;
  final AlertingCover cover;
  private final Path directory;
  private final String control;
  private final EchoDatacenter datacenter;
  private final Queue<FakeTlsClient> clients = new ConcurrentLinkedQueue<>();
  private ProcessNode process;

  private StoreNode(Path directory, String control) throws Exception {
    this.directory = directory;
    this.control = control;
    this.api = new ControlApi(directory);
    this.datacenter = EchoDatacenter.start();
    this.cover = AlertingCover.start();
    this.process = launched();
  }

  /** Begins, and is known to its control. */
  static StoreNode start(Path directory) throws Exception {
    return start(directory, "listen: \"off\"");
  }

  /**
   * The same.
   *
   * @param control what its control listens on, as the configuration has it
   */
  static StoreNode start(Path directory, String control) throws Exception {
    StoreNode node = new StoreNode(directory, control);
    node.awaitControl();
    return node;
  }

  private ProcessNode launched() throws Exception {
    return ProcessNode.startWithStore(directory, cover.port(), datacenter.address(), control);
  }

  /** Another one that has joined it, between the same data centre and cover. */
  ProcessNode far(Path state) throws Exception {
    return ProcessNode.startFar(state, cover.port(), datacenter.address());
  }

  /**
   * The same, which asks Telegram's data centres through itself; the one of this node is its {@link
   * #CONTENT}.
   *
   * @param telegram plays all five
   */
  ProcessNode probing(Path state, InetSocketAddress telegram) throws Exception {
    Map<Integer, InetSocketAddress> all = new HashMap<>();
    IntStream.rangeClosed(1, 5).forEach(number -> all.put(number, telegram));
    all.put(CONTENT, datacenter.address());
    return ProcessNode.startFar(
        state, cover.port(), all, List.of("env", "DOPPELFLEET_PROXY_PROBE_EVERY=10s"));
  }

  /** Once more, where it was killed or stopped. */
  void startAgain() throws Exception {
    process = launched();
    awaitControl();
  }

  private void awaitControl() {
    await().atMost(STARTED).until(() -> !status().getJsonArray("nodes").isEmpty());
  }

  void kill() throws InterruptedException {
    process.kill();
  }

  /** Its exit status. */
  int stop() throws InterruptedException {
    return process.stop();
  }

  InetSocketAddress address() {
    return process.address();
  }

  JsonObject status() throws IOException {
    return api.done("GET", "/status", "");
  }

  /** What it says of itself. */
  JsonObject report() throws IOException {
    JsonArray nodes = status().getJsonArray("nodes");
    return nodes.getJsonObject(0);
  }

  /** It runs the present revision: the API answers as soon as one is written and told. */
  void applied() throws IOException {
    long present = status().getLong("revision");
    await().atMost(SOON).until(() -> report().getLong("revision") >= present);
  }

  /** A new secret, which it serves. */
  Secret added(String name) throws IOException {
    Secret secret = api.add(name, HOST);
    applied();
    return secret;
  }

  /** It is closed at the test's end. */
  FakeTlsClient connect(InetAddress from) throws IOException {
    FakeTlsClient client = FakeTlsClient.connect(address(), from);
    clients.add(client);
    return client;
  }

  /** One that is served. */
  FakeTlsClient client(Secret secret, InetAddress from) throws IOException {
    FakeTlsClient client = connect(from);
    client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
    return client;
  }

  /** A byte comes back. */
  static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }

  /** All clients go, and the next test may come. */
  void leave() throws IOException {
    for (FakeTlsClient client = clients.poll(); client != null; client = clients.poll()) {
      client.close();
    }
  }

  /** It ends in peace and has told of no error, no secret and no address. */
  @Override
  public void close() throws Exception {
    leave();
    try (datacenter;
        cover) {
      assertThat(process.stop()).isZero();
      assertThat(process.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
    }
  }
}
