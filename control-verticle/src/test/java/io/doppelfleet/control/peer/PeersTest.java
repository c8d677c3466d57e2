package io.doppelfleet.control.peer;

import static io.doppelfleet.control.peer.Control.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What two controls of one store know of each other's nodes. */
@Timeout(120)
final class PeersTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration BEFORE_SILENT =
      Duration.ofNanos(Callers.SILENT_NANOS).minusSeconds(1);
  private static final Prefix PROBER = Prefix.parse("192.0.2.7/32");

  @TempDir Path directory;
  private String url;
  private Control one;
  private Control two;
  private final Sender paris = new Sender("node-1", Instant.EPOCH);
  private final Sender oslo = new Sender("node-2", Instant.EPOCH);

  @BeforeEach
  void start() throws Exception {
    url = PostgresServer.shared().newDatabase();
    one = new Control(url, directory, 1);
    two = new Control(url, directory, 2);
    await().atMost(SOON).until(() -> one.hears() && two.hears());
  }

  @AfterEach
  void end() throws Exception {
    one.close();
    two.close();
  }

  private NodeReport report() {
    return new NodeReport(paris.next(), 3, HostPort.parse("paris.example:443"), "www.example", 5);
  }

  private static NodeHealth health(Sender node) {
    return new NodeHealth(node.next(), "1.0", 3, true, List.of(2), List.of(), List.of(), List.of());
  }

  @Test
  void whatANodeSaysIsKnownAtTheOtherWithWhereItIsUntilItIsSilentOrHasMoved() throws Exception {
    NodeReport report = report();
    one.say(NodeReport.ADDRESS, report);
    one.say(NodeHealth.ADDRESS, health(paris));
    await().atMost(SOON).until(() -> two.nodes.present().equals(List.of(report)));
    Nodes.Elsewhere elsewhere = Objects.requireNonNull(two.nodes.elsewhere("node-1"));
    assertThat(elsewhere.control().number()).isEqualTo(1);
    assertThat(elsewhere.control().address()).hasToString("192.0.2.1:8443");
    assertThat(two.nodes.here()).isZero();
    assertThat(one.nodes.here()).isEqualTo(1);
    assertThat(one.nodes.elsewhere("node-1")).isNull();
    await().atMost(SOON).until(() -> two.nodes.health(report) != null);
    assertThat(Objects.requireNonNull(two.nodes.health(report)).coverDown()).isTrue();

    NodeReport moved = report();
    two.say(NodeReport.ADDRESS, moved);
    await().atMost(SOON).until(() -> one.nodes.elsewhere("node-1") != null);
    assertThat(two.nodes.elsewhere("node-1")).isNull();
    two.peers.removed("node-1");
    two.nodes.forget("node-1");
    await().atMost(SOON).until(() -> one.nodes.present().isEmpty());
    one.nodes.heard(report(), null); // its last words
    assertThat(one.nodes.present()).isEmpty();
  }

  @Test
  void helloesAreToldOnceAtBothAndWhoComesLaterLearnsThoseOfBefore() throws Exception {
    long began = System.nanoTime();
    for (long token = 1; token <= 2_000; token += 80) {
      long[] all = LongStream.range(token, Math.min(token + 80, 2_001)).toArray();
      one.say(SeenHellos.ADDRESS, new SeenHellos(paris.next(), HelloTokens.of(all)));
    }
    await().atMost(SOON).until(() -> two.told.size() == 2_000);
    System.out.printf("2000 hellos in %d ms%n", (System.nanoTime() - began) / 1_000_000);
    await().atMost(SOON).until(() -> one.told.size() == 2_000);
    two.close();
    await().atMost(SOON).until(() -> !one.hears());
    one.say(SeenHellos.ADDRESS, new SeenHellos(paris.next(), HelloTokens.of(7_000)));
    two = new Control(url, directory, 2);
    await().atMost(SOON).until(() -> two.told.size() == 2_001);
    assertThat(one.meters.get("doppelfleet.control.hellos.unshared").functionCounter().count())
        .isZero();
  }

  @Test
  void whatNodesOfOneThatComesSayBeforeItHearsAnybodyIsKnownAtTheOther() throws Exception {
    two.close();
    await().atMost(SOON).until(() -> !one.hears());
    List<SeenHellos> met = new ArrayList<>();
    for (long token = 8_000; token < 11_000; token += SeenHellos.MOST) {
      long[] all = LongStream.range(token, token + SeenHellos.MOST).toArray();
      met.add(new SeenHellos(paris.next(), HelloTokens.of(all)));
    }
    two = new Control(url, directory, 2, met);
    await().atMost(SOON).until(() -> one.told.size() == met.size() * SeenHellos.MOST);
  }

  /** Whoever may use the database hears all of it. */
  @Test
  void whatIsCalledAgainDoesNothing() throws Exception {
    try (Connection stranger = DriverManager.getConnection(url);
        Statement statement = stranger.createStatement();
        PreparedStatement again =
            stranger.prepareStatement("SELECT pg_notify('doppelfleet_calls', ?)")) {
      statement.execute("LISTEN doppelfleet_calls");
      two.say(NodeReport.ADDRESS, report());
      two.leases.lift(PROBER);
      await().atMost(SOON).until(() -> one.nodes.present().size() == 1);
      two.close();
      await().atMost(SOON).until(() -> !one.hears() && one.nodes.present().isEmpty());
      PGNotification[] heard = stranger.unwrap(PGConnection.class).getNotifications(1);
      assertThat(heard).hasSizeGreaterThan(20);
      for (PGNotification each : heard) {
        again.setString(1, each.getParameter());
        again.executeQuery().close();
      }
      two = new Control(url, directory, 2); // its letters are after those
      await().atMost(SOON).until(() -> two.hears() && one.others() > 0);
      assertThat(one.others()).isEqualTo(1);
      assertThat(one.nodes.present()).isEmpty();
      assertThat(two.others()).isEqualTo(1);
    }
  }

  @Test
  void whomRulesBanIsKnownAtBothAndWhoIsLetInAgainIsLetInAtBoth() {
    one.say(NodeLeases.ADDRESS, new NodeLeases(paris.next(), List.of(new Lease(PROBER, 3_600))));
    await().atMost(SOON).until(() -> two.leases.present().size() == 1);
    Leases.Present ban = two.leases.present().getFirst();
    assertThat(ban.prefix()).isEqualTo(PROBER);
    assertThat(ban.sender()).isEqualTo("node-1");
    assertThat(ban.seconds()).isBetween(3_500, 3_600);
    two.leases.lift(PROBER);
    await().atMost(SOON).until(() -> one.leases.present().isEmpty());
  }

  @Test
  void aNodeOfTheOtherIsAskedThereAndOneThatIsNowhereIsNot() throws Exception {
    one.vertx
        .eventBus()
        .<Buffer>consumer(
            BanQuestion.ADDRESS,
            question -> question.reply(Buffer.buffer(question.body() + ": 3")));
    one.say(NodeReport.ADDRESS, report());
    await().atMost(SOON).until(() -> two.nodes.elsewhere("node-1") != null);
    Nodes.Elsewhere elsewhere = Objects.requireNonNull(two.nodes.elsewhere("node-1"));
    assertThat(get(two.peers.ask(elsewhere.control(), "node", Buffer.buffer("whom"))))
        .hasToString("whom: 3");
    assertThat(two.peers.ask(elsewhere.control(), "node-1", Buffer.buffer("whom")))
        .satisfies(asked -> await().atMost(SOON).until(asked::failed));
    assertThat(two.peers.drain(elsewhere.control(), "node-1", 1))
        .satisfies(told -> await().atMost(SOON).until(told::failed));
  }

  /** The first divides from now on. */
  private void divide() {
    one.later(LimitQuestion.LEASE_SECONDS); // so long it answers nobody
    await().atMost(SOON).until(() -> two.peers.divider(0) != null);
    two.later(LimitQuestion.LEASE_SECONDS);
  }

  @Test
  void oneOfBothDividesLimitsAmongTheNodesOfBoth() throws Exception {
    divide();
    assertThat(granted(one, paris, 4)).isEqualTo(4);
    awaitSeats(two, oslo, 1, SOON);
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> addresses(two, oslo, 3, 4).equals(List.of(3, 4)));
    await().atMost(SOON).ignoreExceptions().until(() -> addresses(one, paris, 5).isEmpty());
    two.peers.removed("node-2");
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> addresses(one, paris, 5).equals(List.of(5)));
  }

  /** What is granted first: a question may come while it is on its way who divides. */
  private static int granted(Control control, Sender node, int waiting) {
    return await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> seats(control, node, waiting), any -> true);
  }

  private static void awaitSeats(Control control, Sender node, int seats, Duration time) {
    await().atMost(time).ignoreExceptions().until(() -> seats(control, node, 4) == seats);
  }

  @Test
  void ofOneThatEndsTheOtherTakesOverAtOnceAndGrantsNobodyWhatNodesHold() throws Exception {
    divide();
    assertThat(granted(one, paris, 4)).isEqualTo(4);
    two.hearsOnly(caller -> caller.startsWith("1.")); // so to it nobody is quiet
    one.leave();
    await().atMost(BEFORE_SILENT).until(() -> two.limits.term() > 0);
    two.hearsOnly(caller -> true);
    one.die();
    takesOver();
  }

  @Test
  void ofOneThatIsKilledTheOtherTakesOverInTwoSecondsAndGrantsNobodyWhatNodesHold()
      throws Exception {
    divide();
    assertThat(granted(one, paris, 4)).isEqualTo(4);
    assertThat(granted(two, oslo, 0)).isZero(); // what the first said before was heard
    one.die();
    takesOver();
  }

  /** Long before who is silent isn't there; and goes on when the first is there again. */
  private void takesOver() throws Exception {
    awaitSeats(two, oslo, 1, BEFORE_SILENT);
    one = new Control(url, directory, 1);
    await().atMost(SOON).ignoreExceptions().until(() -> keeps(one, paris, 4));
    assertThat(one.limits.term()).isZero();
    assertThat(two.limits.term()).isPositive();
  }

  @Test
  void whoHearsNobodyDividesNoMoreAndWhoHearsItTakesOver() throws Exception {
    divide();
    assertThat(granted(one, paris, 4)).isEqualTo(4);
    one.hearsOnly(caller -> false);
    awaitSeats(two, oslo, 1, SOON);
    assertThat(one.limits.term()).isZero();
    one.hearsOnly(caller -> true);
    await().atMost(SOON).ignoreExceptions().until(() -> keeps(one, paris, 4));
    assertThat(two.limits.term()).isPositive();
  }

  @Test
  void whereOneOfBothDoesntHearTheOtherOneDivides() throws Exception {
    divide();
    assertThat(granted(one, paris, 4)).isEqualTo(4);
    assertThat(granted(two, oslo, 0)).isZero(); // what the first said before was heard
    two.hearsOnly(caller -> caller.startsWith("2."));
    awaitSeats(two, oslo, 1, SOON);
    await().atMost(SOON).until(() -> one.limits.term() == 0);
    two.hearsOnly(caller -> true);
    await().atMost(SOON).ignoreExceptions().until(() -> keeps(one, paris, 4));
    assertThat(one.limits.term()).isZero();
    assertThat(two.limits.term()).isPositive();
  }

  /** Whether it is granted as many as it uses. */
  private static boolean keeps(Control control, Sender node, int taken) throws Exception {
    return taken == seats(control, node, new LimitQuestion.Connections(taken, 0, taken));
  }

  /** How many of so many are granted. */
  private static int seats(Control control, Sender node, int waiting) throws Exception {
    return seats(control, node, new LimitQuestion.Connections(0, waiting, 0));
  }

  private static int seats(Control control, Sender node, LimitQuestion.Connections connections)
      throws Exception {
    return Objects.requireNonNull(
        ask(control, node, new LimitQuestion.Use("alice", connections, null, null)).connections());
  }

  private static List<Integer> addresses(Control control, Sender node, Integer... wanted)
      throws Exception {
    LimitQuestion.Addresses addresses = new LimitQuestion.Addresses(1, List.of(wanted), List.of());
    return Objects.requireNonNull(
        ask(control, node, new LimitQuestion.Use("alice", null, addresses, null)).addresses());
  }

  private static LimitAnswer.Share ask(Control control, Sender node, LimitQuestion.Use use)
      throws Exception {
    byte[] question = MessageJson.write(new LimitQuestion(node.next(), List.of(use)));
    Future<Message<Buffer>> answer =
        control.vertx.eventBus().request(LimitQuestion.ADDRESS, Buffer.buffer(question));
    return ((LimitAnswer) MessageJson.read(get(answer).body().getBytes())).shares().getFirst();
  }

  /** Who may use the database may call, too. */
  @Test
  void whatStrangersAndLaterVersionsCallDoesNothing() throws Exception {
    byte[] spoilt = {1, 2, 3};
    one.store.calls().call("1.7", List.of(spoilt, Parts.of(1, spoilt).getFirst()));
    try (Connection stranger = DriverManager.getConnection(url);
        Statement statement = stranger.createStatement()) {
      for (String text : List.of("", "1:a", "1:2.9:!!!", "1:2.9:AAAA", "2:x:y", "1:2.9:" + hex())) {
        statement.execute("SELECT pg_notify('doppelfleet_calls', '" + text + "')");
      }
    }
    NodeReport report = report();
    one.say(NodeReport.ADDRESS, report);
    await().atMost(SOON).until(() -> two.nodes.present().equals(List.of(report)));
  }

  private static String hex() {
    return Base64.getEncoder().encodeToString("\1".repeat(80).getBytes(UTF_8));
  }
}
