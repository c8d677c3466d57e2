package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two controls on one PostgreSQL store are one control plane: both serve clients too, and have
 * three nodes elsewhere, one at the first and two at the second. A client of the one at the first
 * stays through all of it.
 */
@Timeout(240)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TwoControlsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOST = "cover.example";
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");
  private static final int MIB = 1 << 20;

  @TempDir static Path directory;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl one;
  private FarControl two;
  private InetSocketAddress besideTwo;
  private final Map<String, ProcessNode> nodes = new HashMap<>();
  private final List<FakeTlsClient> clients = new ArrayList<>();
  private FakeTlsClient held;

  @BeforeAll
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    String url = PostgresServer.shared().newDatabase();
    one = FarControl.startServing(state("one"), url, serving(free()));
    Files.createDirectories(state("two"));
    Files.copy(
        state("one").resolve("fleet.key"),
        state("two").resolve("fleet.key"),
        StandardCopyOption.COPY_ATTRIBUTES);
    besideTwo = free();
    two = FarControl.startServing(state("two"), url, serving(besideTwo));
    Secret alice = one.api.add("alice", HOST);
    one.join("paris", state("paris"));
    two.join("oslo", state("oslo"));
    two.join("rome", state("rome"));
    for (String name : List.of("paris", "oslo", "rome")) {
      run(name);
    }
    held = client(node("paris").address(), alice);
    clients.clear();
  }

  private static InetSocketAddress free() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
    }
  }

  private String serving(InetSocketAddress at) {
    return """
        proxy:
          listen: ["127.0.0.1:%d"]
          cover: {host: 127.0.0.1, port: %d}
          datacenters: {2: "127.0.0.1:%d"}
        """
        .formatted(at.getPort(), cover.port(), datacenter.address().getPort());
  }

  private static Path state(String name) {
    return directory.resolve(name);
  }

  private ProcessNode node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  private ProcessNode run(String name) throws Exception {
    ProcessNode node = ProcessNode.startFar(state(name), cover.port(), datacenter.address());
    nodes.put(name, node);
    return node;
  }

  @AfterEach
  void theClientIsThereYet() throws Exception {
    echo(held);
    for (FakeTlsClient client : clients) {
      client.close();
    }
    clients.clear();
  }

  @AfterAll
  void end() throws Exception {
    held.close();
    nodes.values().forEach(ProcessNode::close);
    for (FarControl control : List.of(one, two)) {
      control.close();
      assertThat(control.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
    }
    for (ProcessNode node : nodes.values()) {
      assertThat(node.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
    }
    cover.close();
    datacenter.close();
  }

  /** One that is served: as long as the cover answers, or nobody listens yet, it comes again. */
  private FakeTlsClient client(InetSocketAddress node, Secret secret) {
    await()
        .atMost(SOON)
        .ignoreExceptionsMatching(
            e -> e instanceof BrokenRuleException || e instanceof ConnectException)
        .until(
            () -> {
              FakeTlsClient client = FakeTlsClient.connect(node, HOME);
              clients.add(client);
              client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
              echo(client);
              return true;
            });
    return clients.getLast();
  }

  private static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }

  /** Each control lists all nodes as linked, and as running what it has itself. */
  private void awaitOneFleet() throws IOException {
    for (FarControl control : List.of(one, two)) {
      for (String name : nodes.keySet()) {
        await()
            .atMost(SOON)
            .until(
                () -> {
                  JsonObject node = control.node(name);
                  return node.getBoolean("connected")
                      && Boolean.FALSE.equals(node.getBoolean("behind"))
                      && node.getLong("revision") == control.revision();
                });
      }
    }
    assertThat(one.node("paris").containsKey("control")).isFalse();
    assertThat(two.node("paris").getJsonObject("control")).isEqualTo(at(1, one));
    assertThat(one.node("oslo").getJsonObject("control")).isEqualTo(at(2, two));
    assertThat(one.node("rome").getJsonObject("control")).isEqualTo(at(2, two));
  }

  private static JsonObject at(int number, FarControl control) {
    return new JsonObject().put("number", number).put("address", "127.0.0.1:" + control.port());
  }

  /** Those of nodes that report; "" is the one beside the control itself. */
  private static Set<String> names(FarControl control) throws IOException {
    Set<String> names = new HashSet<>();
    for (Object each : control.api.done("GET", "/status", "").getJsonArray("nodes")) {
      names.add(((JsonObject) each).getString("name", ""));
    }
    return names;
  }

  @Test
  void whatIsWrittenAtEitherRunsOnAllNodesAndBothShowAllOfThem() throws Exception {
    Secret bob = two.api.add("bob", HOST);
    client(node("paris").address(), bob);
    Secret carol = one.api.add("carol", HOST);
    client(node("oslo").address(), carol);
    client(besideTwo, carol);
    awaitOneFleet();
    await()
        .atMost(SOON)
        .until(() -> names(one).equals(Set.of("", "node.2", "paris", "oslo", "rome")));
    await()
        .atMost(SOON)
        .until(() -> names(two).equals(Set.of("", "node", "paris", "oslo", "rome")));
    assertThat(FarControl.Command.run(state("two"), "node", "list").out())
        .contains("open at control 1, 127.0.0.1:" + one.port());
    assertThat(FarControl.Command.run(state("one"), "status").out())
        .contains("at control 2, 127.0.0.1:" + two.port());
  }

  @Test
  void ofWritesAtBothAtOnceNoneIsLost() throws Exception {
    int writes = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<?>> done = new ArrayList<>();
      for (FarControl control : List.of(one, two)) {
        done.add(threads.submit(() -> ban(control, writes)));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
    assertThat(one.api.done("GET", "/bans", "").getJsonArray("bans")).hasSize(2 * writes);
    assertThat(two.revision()).isEqualTo(one.revision());
    awaitOneFleet();
  }

  private Void ban(FarControl control, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String prefix = "198.51.100." + (control == one ? i : 100 + i) + "/32";
      control.api.done(
          "POST", "/bans", new JsonObject().put("prefix", prefix).put("reason", "test").encode());
    }
    return null;
  }

  @Test
  void aHelloThatTheNodeOfOneHasMetIsAReplayAtTheNodesOfTheOther() throws Exception {
    Secret dora = one.api.add("dora", HOST);
    ProcessNode oslo = node("oslo");
    double begun = oslo.metric("doppelfleet_replays_heard_total");
    client(node("paris").address(), dora);
    client(oslo.address(), dora);
    client(besideTwo, dora);
    // Theirs are heard of, its own too, and are not to be taken for the ones that follow.
    await().atMost(SOON).until(() -> oslo.metric("doppelfleet_replays_heard_total") >= begun + 3);
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      byte[] hello = Hellos.classic(dora).build().bytes();
      double before = oslo.metric("doppelfleet_replays_heard_total");
      assertThat(isServed(node("paris").address(), hello)).isTrue();
      long served = System.nanoTime();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> oslo.metric("doppelfleet_replays_heard_total") > before);
      millis.add((System.nanoTime() - served) / 1_000_000);
      assertThat(isServed(oslo.address(), hello)).isFalse();
      await().atMost(SOON).until(() -> !isServed(besideTwo, hello));
    }
    System.out.println("a hello is known at the other control's node after ms: " + millis);
    List<Long> sorted = millis.stream().sorted().toList();
    assertThat(sorted.get(2)).isLessThan(400);
    assertThat(sorted.get(5)).isLessThan(1_200);
  }

  /** Whether it is answered as a client's; else the cover answers. */
  private static boolean isServed(InetSocketAddress node, byte[] hello) throws IOException {
    try (RawSocket socket = RawSocket.connect(node)) {
      socket.send(hello);
      return socket.read()[0] == 0x16;
    }
  }

  @Test
  void theNodesOfTheOtherAreAskedWhomABanWouldCutAndAreDrained() throws Exception {
    Secret erin = one.api.add("erin", HOST);
    FakeTlsClient there = client(node("rome").address(), erin);
    awaitOneFleet();
    for (FarControl control : List.of(one, two)) {
      await() // nodes may not have seen yet that other clients went
          .atMost(SOON)
          .untilAsserted(
              () -> {
                JsonObject cut =
                    control.api.done("GET", "/bans/simulation?prefix=127.0.0.2/32", "");
                assertThat(cut.getJsonArray("silent")).isEmpty();
                assertThat(cut.getJsonArray("nodes"))
                    .contains(
                        new JsonObject().put("name", "paris").put("connections", 1),
                        new JsonObject().put("name", "rome").put("connections", 1),
                        new JsonObject().put("name", "oslo").put("connections", 0));
              });
    }
    there.close(); // or the node would wait for it
    one.api.done("POST", "/nodes/rome/drain", "{\"time\": 1}");
    assertThat(node("rome").ended()).isZero();
    run("rome");
    awaitOneFleet();
  }

  @Test
  void whatBothGrantOfALimitIsNeverMoreThanItHas() throws Exception {
    int limit = 24 * MIB;
    Secret fay = one.api.add("fay", HOST);
    one.api.done("PUT", "/secrets/fay/limits", "{\"bytes\": {\"total\": " + limit + "}}");
    awaitOneFleet();
    long moved = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Long>> all = new ArrayList<>();
      for (InetSocketAddress node :
          List.of(node("paris").address(), node("oslo").address(), besideTwo)) {
        all.add(threads.submit(() -> spend(node, fay)));
      }
      for (Future<Long> each : all) {
        moved += each.get();
      }
    }
    System.out.printf("of %d bytes %d were moved at both%n", limit, moved);
    // What each of three nodes may move before it has an answer, and an echo on its way.
    assertThat(moved).isBetween(limit / 2L, limit + 3L * (MIB + (512 << 10)));
    await().atMost(SOON).until(() -> total(one).equals(total(two)) && total(one) >= limit / 2L);
    assertThat(total(one)).isLessThanOrEqualTo(limit + 3L * (MIB + (512 << 10)));
  }

  private static Long total(FarControl control) throws IOException {
    JsonObject total = control.api.done("GET", "/secrets/fay/traffic", "").getJsonObject("total");
    return total.getLong("up") + total.getLong("down");
  }

  /** Moves what it can until the cover answers twice, 5 s apart; the bytes that came and went. */
  private static long spend(InetSocketAddress node, Secret secret) throws Exception {
    byte[] chunk = new byte[64 << 10];
    long moved = 0;
    int refused = 0;
    Instant deadline = Instant.now().plus(SOON);
    while (refused < 2 && Instant.now().isBefore(deadline)) {
      try (FakeTlsClient client = FakeTlsClient.connect(node, HOME)) {
        client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
        while (true) {
          client.say(chunk, 16_000);
          moved += chunk.length;
          client.hear(chunk.length);
          moved += chunk.length;
        }
      } catch (EOFException e) {
        // cut, or let in for an answer that is due
      } catch (BrokenRuleException | IOException e) {
        refused++;
        Thread.sleep(5_000); // longer than between two reports
      }
    }
    return moved;
  }

  @Test
  void connectionsAreCountedOverTheNodesOfBothAndWhoGoesMakesRoomAtTheOther() throws Exception {
    List<InetSocketAddress> all =
        List.of(node("paris").address(), node("oslo").address(), besideTwo);
    Secret ida = limitedTo(60, "ida");
    for (InetSocketAddress node : all) {
      client(node, ida); // from now on it asks each second
    }
    Thread.sleep(Duration.ofSeconds(LimitQuestion.LEASE_SECONDS)); // and is answered
    Secret hal = limitedTo(4, "hal");
    for (InetSocketAddress node : all) {
      client(node, hal);
    }
    client(besideTwo, hal);
    assertNoneIsServed(all, hal);
    clients.removeLast().close();
    client(node("paris").address(), hal);
    assertNoneIsServed(all, hal);
  }

  private Secret limitedTo(int connections, String name) throws Exception {
    Secret secret = one.api.add(name, HOST);
    limit(one, name, connections);
    awaitOneFleet();
    return secret;
  }

  private static void limit(FarControl at, String name, int connections) throws IOException {
    at.api.done("PUT", "/secrets/" + name + "/limits", "{\"connections\": " + connections + "}");
  }

  private static void assertNoneIsServed(List<InetSocketAddress> nodes, Secret secret)
      throws IOException {
    for (InetSocketAddress node : nodes) {
      assertThat(isServed(node, Hellos.classic(secret).build().bytes())).isFalse();
    }
  }

  @Test
  void whereTheControlEndsThatDividesLimitsTheOtherGrantsOnAndNothingTwice() throws Exception {
    if (!divides(one)) { // of two that start the first does, but another test may have killed it
      two.stop();
      two.startAgain();
      await().atMost(SOON).until(() -> divides(one));
    }
    List<InetSocketAddress> all =
        List.of(node("paris").address(), node("oslo").address(), besideTwo);
    Secret jon = limitedTo(all.size(), "jon");
    for (InetSocketAddress node : all) {
      client(node, jon);
    }
    awaitNoneIsServed(all, jon);
    long began = System.nanoTime();
    one.stop();
    limit(two, "jon", all.size() + 1);
    client(node("oslo").address(), jon);
    System.out.println("after the end of who divided another is let in after " + since(began));
    int more = 0;
    for (InetSocketAddress node : List.of(node("oslo").address(), besideTwo)) {
      more += isServed(node, Hellos.classic(jon).build().bytes()) ? 1 : 0;
    }
    if (since(began).toSeconds() < LimitQuestion.LEASE_SECONDS - 2) { // paris' was its own yet
      assertThat(more).isZero();
    }
    assertThat(divides(two)).isTrue();
    // Of one that says nothing the other knows later.
    assertThat(Duration.between(when(one, "no longer divides"), when(two, "control divides")))
        .isLessThan(Duration.ofSeconds(1));
    one.startAgain();
    awaitOneFleet();
    assertThat(divides(one)).isFalse();
    awaitNoneIsServed(all, jon);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** A node may not have been told yet of the others. */
  private static void awaitNoneIsServed(List<InetSocketAddress> nodes, Secret secret) {
    for (InetSocketAddress node : nodes) {
      await().atMost(SOON).until(() -> !isServed(node, Hellos.classic(secret).build().bytes()));
    }
  }

  /** When a control said so last. */
  private static Instant when(FarControl control, String said) throws IOException {
    String line = control.log().lines().filter(each -> each.contains(said)).toList().getLast();
    return OffsetDateTime.parse(line.substring(0, line.indexOf(' '))).toInstant();
  }

  /** As its log says of it since its last start. */
  private static boolean divides(FarControl control) throws IOException {
    String log = control.log();
    String now = log.substring(log.lastIndexOf("of its store"));
    return now.lastIndexOf("this control divides") > now.lastIndexOf("this control no longer");
  }

  @Test
  void ofAControlThatIsKilledTheNodeServesOnAndTheOtherRulesItsOwn() throws Exception {
    awaitOneFleet();
    one.kill();
    echo(held);
    Secret gus = two.api.add("gus", HOST);
    client(node("oslo").address(), gus);
    await().atMost(SOON).until(() -> !two.node("paris").getBoolean("connected"));
    await().atMost(SOON).until(() -> names(two).equals(Set.of("", "oslo", "rome")));
    echo(held);
    one.startAgain();
    awaitOneFleet();
    client(node("paris").address(), gus);
    await()
        .atMost(SOON)
        .until(() -> names(two).equals(Set.of("", "node", "paris", "oslo", "rome")));
  }
}
