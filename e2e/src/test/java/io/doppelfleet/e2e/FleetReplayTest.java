package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hello is good once in the whole fleet, and who sends it again is banned in all of it: a control
 * and two nodes behind a router, each a process of its own.
 */
@Tag("alone")
@Timeout(120)
class FleetReplayTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int HELLOS = 20;

  /** What is promised from a hello's answer until it is a replay on each other node. */
  private static final long PROMISED_MILLIS = 250;

  /** A machine that has much else to do may hold up one. */
  private static final int MOST_LATE = 1;

  private static final String HEARD = "doppelfleet_replays_heard_total";
  private static final String BANS = "doppelfleet_rule_bans";

  /** A second is what is promised; a machine that runs many tests is given more. */
  private static final Duration BANNED = Duration.ofSeconds(5);

  private static final int BAN_SECONDS = 8;

  /** Through a router of this machine's own, whom no rule bans. */
  private static final String OWN = "127.0.0.1";

  @TempDir Path directory;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl control;
  private final List<ProcessNode> nodes = new ArrayList<>();
  private ProcessNode paris;
  private ProcessNode oslo;

  /** The last one that did, by the monotonic clock. */
  private long started;

  private Secret alice;

  @BeforeEach
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"), member("control"));
    alice = control.api.add("alice", "cover.example");
    for (String name : new String[] {"paris", "oslo"}) {
      control.join(name, directory.resolve(name));
    }
    paris = run("paris");
    oslo = run("oslo");
    for (ProcessNode node : nodes) {
      await().atMost(SOON).until(() -> isServed(node, hello()));
    }
  }

  /** What the configuration of a process says of a cluster. */
  String member(String name) throws Exception {
    return "";
  }

  private ProcessNode run(String name) throws Exception {
    ProcessNode node =
        ProcessNode.startFarRouted(
            directory.resolve(name),
            cover.port(),
            datacenter.address(),
            "  rules: {replays: 3/10m, for: " + BAN_SECONDS + "s}",
            member(name));
    nodes.add(node);
    started = System.nanoTime();
    return node;
  }

  @AfterEach
  void end() throws Exception {
    nodes.forEach(ProcessNode::close);
    control.close();
    cover.close();
    datacenter.close();
    for (ProcessNode node : nodes) {
      assertThat(node.log()).doesNotContain("ERROR", "Exception", "was left");
    }
    assertThat(control.log()).doesNotContain("ERROR", "Exception", "was left");
  }

  private byte[] hello() {
    return Hellos.classic(alice).build().bytes();
  }

  /** Whether it is answered as a client's; else the cover answers. */
  private static boolean isServed(ProcessNode node, byte[] hello) throws Exception {
    return isServed(node, hello, OWN);
  }

  private static boolean isServed(ProcessNode node, byte[] hello, String from) throws Exception {
    try (RawSocket socket = RawSocket.connect(node.address())) {
      socket.send(ProxyVersion.V2.of(ends(node, from)));
      socket.send(hello);
      byte[] answer = socket.read();
      assertThat(answer).isNotEmpty();
      assertThat(answer[0]).isIn((byte) 0x16, AlertingCover.ALERT[0]);
      return answer[0] == 0x16;
    }
  }

  private static Ends ends(ProcessNode node, String from) {
    return new Ends(new InetSocketAddress(InetAddress.ofLiteral(from), 40_000), node.address());
  }

  private void assertReplay(ProcessNode node, byte[] hello) throws Exception {
    assertThat(isServed(node, hello)).isFalse();
    assertThat(cover.has(hello)).isTrue();
  }

  /** How many hellos the others have met, as a node was told. */
  private static double heard(ProcessNode node) throws Exception {
    return node.metric(HEARD);
  }

  private static void awaitHeard(ProcessNode node, double more) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (heard(node) < more) {
      assertThat(System.nanoTime()).as("nothing was heard").isLessThan(end);
      Thread.sleep(2);
    }
  }

  @Test
  void whatOneNodeServedIsAReplayOnTheOthersWhateverStartsAnewAndWhoReplaysIsBanned()
      throws Exception {
    awaitHeard(oslo, 2); // one of each
    int late = 0;
    for (int i = 0; i < HELLOS; i++) {
      byte[] hello = hello();
      assertThat(isServed(paris, hello)).isTrue();
      Thread.sleep(PROMISED_MILLIS);
      if (isServed(oslo, hello)) {
        late++;
      } else {
        assertThat(cover.has(hello)).isTrue();
      }
    }
    System.out.printf(
        "%d ms after its answer on one node each of %d hellos was a replay on the other but for"
            + " %d%n",
        PROMISED_MILLIS, HELLOS, late);
    assertThat(late).isLessThanOrEqualTo(MOST_LATE);
    assertThat(
            oslo.metric(
                "doppelfleet_phase_failures_total"
                    + "{phase=\"greeting\",reason=\"replay from elsewhere\"}"))
        .isEqualTo(HELLOS - late);
    assertThat(isServed(oslo, hello())).isTrue();

    aNodeThatStartsKnowsWhatWasServedBefore();
    whatWasServedWithoutTheControlIsKnownWhenItIsBack();
    whoSendsHellosAgainIsBannedByAllNodesForATimeButNoClientsAddressIs();
  }

  private void whoSendsHellosAgainIsBannedByAllNodesForATimeButNoClientsAddressIs()
      throws Exception {
    byte[] atParis = recorded(paris);
    byte[] atOslo = recorded(oslo);
    long rested = started + Duration.ofSeconds(BAN_SECONDS).toNanos(); // so long oslo bans nobody
    TimeUnit.NANOSECONDS.sleep(rested - System.nanoTime());
    replays(oslo, atOslo, "198.51.100.7", 1);
    replays(paris, atParis, "198.51.100.7", 3);
    long begun = System.nanoTime();
    assertThat(isServed(paris, hello(), "198.51.100.7")).isFalse(); // at once where it was
    awaitBans(oslo, 1);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.printf("a ban by a rule held on the other node %d ms later%n", took.toMillis());
    assertThat(took).isLessThan(BANNED);
    assertThat(isServed(oslo, hello(), "198.51.100.7")).isFalse();
    assertThat(isServed(oslo, hello(), "198.51.100.8")).isTrue();
    JsonObject ban = rules().getJsonObject(0);
    assertThat(ban.getString("prefix")).isEqualTo("198.51.100.7/32");
    assertThat(ban.getString("node")).isEqualTo("paris");
    awaitBans(oslo, 0);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThan(Duration.ofSeconds(BAN_SECONDS - 2));
    assertThat(isServed(oslo, hello(), "198.51.100.7")).isTrue();

    whomSomebodyLetInAgainNoRuleBans(atParis, atOslo);
    whereClientsComeFromNobodyIsBanned(atParis, atOslo);
  }

  /** The hello of a client that is served. */
  private byte[] recorded(ProcessNode node) throws Exception {
    ClientHello hello = Hellos.classic(alice).build();
    try (FakeTlsClient client = FakeTlsClient.connect(node.address())) {
      client.raw().send(ProxyVersion.V2.of(ends(node, OWN)));
      client.handshake(hello, 2, TestNode.RANDOM);
      client.say(new byte[] {7}, 1);
      assertThat(client.hear(1)).containsExactly(7);
    }
    return hello.bytes();
  }

  private static void replays(ProcessNode node, byte[] recorded, String from, int times)
      throws Exception {
    for (int i = 0; i < times; i++) {
      assertThat(isServed(node, recorded, from)).isFalse();
    }
  }

  private static void awaitBans(ProcessNode node, int count) {
    await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> node.metric(BANS) == count);
  }

  private JsonArray rules() throws Exception {
    return control.api.done("GET", "/bans/rules", "").getJsonArray("bans");
  }

  private void whomSomebodyLetInAgainNoRuleBans(byte[] atParis, byte[] atOslo) throws Exception {
    replays(oslo, atOslo, "2001:db8:0:7::1", 1);
    final long begun = System.nanoTime();
    replays(paris, atParis, "2001:db8:0:7::1", 3);
    awaitBans(oslo, 1);
    assertThat(isServed(oslo, hello(), "2001:db8:0:7::2")).isFalse();
    control.api.done("DELETE", "/bans/2001:db8:0:7::%2F64", "");
    awaitBans(paris, 0);
    awaitBans(oslo, 0);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isLessThan(Duration.ofSeconds(BAN_SECONDS)); // it would end by itself
    replays(paris, atParis, "2001:db8:0:7::1", 3);
    replays(oslo, atOslo, "2001:db8:0:7::1", 3);
    assertThat(isServed(paris, hello(), "2001:db8:0:7::1")).isTrue();
    assertThat(isServed(oslo, hello(), "2001:db8:0:7::1")).isTrue();
  }

  /** A hello alone is none: a recorded one that never came is as good. */
  private void whereClientsComeFromNobodyIsBanned(byte[] atParis, byte[] atOslo) throws Exception {
    assertThat(isServed(paris, hello(), "203.0.113.1")).isTrue();
    replays(paris, atParis, "203.0.113.1", 3);
    assertThat(paris.metric(BANS)).isEqualTo(1);
    try (FakeTlsClient client = FakeTlsClient.connect(oslo.address())) {
      client.raw().send(ProxyVersion.V2.of(ends(oslo, "203.0.113.2")));
      client.handshake(Hellos.classic(alice).build(), 2, TestNode.RANDOM);
      client.say(new byte[] {7}, 1);
      assertThat(client.hear(1)).containsExactly(7);
      replays(oslo, atOslo, "203.0.113.2", 3);
      replays(paris, atParis, "203.0.113.2", 3); // where no client came from there
      awaitBans(paris, 2);
      Thread.sleep(1_000); // it is told everywhere
      assertThat(isServed(oslo, hello(), "203.0.113.2")).isTrue();
      client.say(new byte[] {8}, 1);
      assertThat(client.hear(1)).containsExactly(8);
    }
    assertThat(oslo.metric("doppelfleet_rule_spared_total")).isEqualTo(1);
  }

  /** From its first connection on. */
  private void aNodeThatStartsKnowsWhatWasServedBefore() throws Exception {
    assertThat(oslo.stop()).isZero();
    byte[] hello = hello();
    assertThat(isServed(paris, hello)).isTrue();
    oslo = run("oslo");
    assertReplay(oslo, hello);
    assertThat(isServed(oslo, hello())).isTrue();
  }

  private void whatWasServedWithoutTheControlIsKnownWhenItIsBack() throws Exception {
    Thread.sleep(2 * PROMISED_MILLIS); // its own last one comes back
    final double before = heard(oslo);
    control.kill();
    byte[] hello = hello();
    assertThat(isServed(paris, hello)).isTrue();
    assertThat(isServed(oslo, hello())).isTrue();
    control.startAgain();
    awaitHeard(oslo, before + 2);
    assertReplay(oslo, hello);
  }
}
