package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal.Kind;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.state.StateFollower;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TcpServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who comes in on a control's port for nodes, and what they may say there. */
@Timeout(120)
final class LinkTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String HOST = "cover.example";
  private static final LinkMessage HELLO = new LinkMessage.Hello("ab".repeat(16));

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Vertx elsewhere = Vertx.vertx();
  private ControlApi api;
  private HostPort address;

  @BeforeEach
  void start() throws Exception {
    address = new HostPort("127.0.0.1", freePort());
    ControlOptions options =
        new ControlOptions(
            "jdbc:h2:file:" + directory.resolve("fleet"),
            directory.resolve("fleet.key"),
            directory.resolve("control.sock"),
            new Ledger.Retention(Duration.ofDays(7), Duration.ofDays(400)),
            new LinkOptions(address, address));
    TestNode.await(vertx.deployVerticle(new ControlVerticle(options, Clock.systemUTC())));
    api = new ControlApi(directory);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @AfterEach
  void end() throws Exception {
    TestNode.await(elsewhere.close());
    TestNode.await(vertx.close());
  }

  private JoinToken token(String name) throws IOException {
    JsonObject body = new JsonObject().put("name", name);
    return JoinToken.parse(api.done("POST", "/nodes", body.encode()).getString("token"));
  }

  private NodeIdentity joined(String name) throws Exception {
    return TestNode.await(Joining.join(elsewhere, token(name), RANDOM));
  }

  private static ClientSSLOptions tls(NodeIdentity identity) {
    return Tls.node(identity.key(), identity.certificate(), identity.authority());
  }

  private LinkPeer peer(ClientSSLOptions tls) throws Exception {
    return LinkPeer.connect(elsewhere, address, tls);
  }

  /** A link that is open. */
  private LinkPeer welcomed(NodeIdentity identity) throws Exception {
    LinkPeer peer = peer(tls(identity));
    peer.say(HELLO);
    peer.awaitLink(LinkMessage.Welcome.class);
    return peer;
  }

  private static ClientSSLOptions withoutCertificate() {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setTrustAll(true).setHostnameVerificationAlgorithm("");
    options.setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
    return options;
  }

  @Test
  void aStrangerWithoutACertificateHearsNothingOfTheFleet() throws Exception {
    api.add("alice", HOST);
    for (Buffer word :
        List.of(
            Frames.of(HELLO),
            Frames.of(new LinkMessage.Renewal()),
            question(new StateRequest(new Stamp("node-1", 1, 1), 0)))) {
      LinkPeer stranger = peer(withoutCertificate());
      stranger.send(word);
      stranger.awaitRefusal(Kind.WRONG, "that is not what comes now");
      stranger.awaitClosed();
      assertThat(stranger.fleet()).isEmpty();
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    NodeIdentity real = joined("paris");
    Authority other = Authority.create(Instant.now(), RANDOM);
    KeyPair keys = keys();
    Octets certificate =
        other.certifyNode("paris", Octets.of(keys.getPublic().getEncoded()), Instant.now());
    ClientSSLOptions forged =
        Tls.node(Octets.of(keys.getPrivate().getEncoded()), certificate, real.authority());
    try {
      LinkPeer stranger = peer(forged);
      stranger.say(HELLO);
      stranger.awaitClosed();
      assertThat(stranger.links()).isEmpty();
      assertThat(stranger.fleet()).isEmpty();
    } catch (Exception refusedAtOnce) {
      assertThat(refusedAtOnce).hasMessageContaining("certificate");
    }
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  @Test
  void anOlderTlsIsRefused() {
    ClientSSLOptions older = withoutCertificate();
    older.setEnabledSecureTransportProtocols(Set.of("TLSv1.2"));
    assertThatThrownBy(() -> peer(older)).hasStackTraceContaining("protocol_version");
  }

  /** A seized node is no control to the others, nor to who joins. */
  @Test
  void aNodesCertificateMakesNoControl() throws Exception {
    NodeIdentity seized = joined("paris");
    NodeIdentity other = joined("oslo");
    JoinToken real = token("rome");
    var server =
        elsewhere
            .createNetServer(
                new TcpServerConfig().setSsl(true),
                Tls.control(seized.key(), List.of(seized.certificate(), seized.authority())))
            .connectHandler(each -> {});
    TestNode.await(server.listen(0, "127.0.0.1"));
    HostPort lure = new HostPort("127.0.0.1", server.actualPort());
    assertThatThrownBy(() -> LinkPeer.connect(elsewhere, lure, tls(other)))
        .hasStackTraceContaining("Extended key usage");
    JoinToken led =
        new JoinToken(JoinToken.sha256(seized.authority().bytes()), real.secret(), lure);
    assertThatThrownBy(() -> TestNode.await(Joining.join(elsewhere, led, RANDOM)))
        .hasMessageContaining("is not the control that made the token");
    JoinToken otherFleets = new JoinToken(new byte[32], real.secret(), address);
    assertThatThrownBy(() -> TestNode.await(Joining.join(elsewhere, otherFleets, RANDOM)))
        .hasMessageContaining("is not the control that made the token");
    assertThat(TestNode.await(Joining.join(elsewhere, real, RANDOM)).name()).isEqualTo("rome");
  }

  @Test
  void aTokenThatWasUsedOrHasEndedOrIsOfNoFleetIsRefused() throws Exception {
    JoinToken used = token("paris");
    TestNode.await(Joining.join(elsewhere, used, RANDOM));
    assertThatThrownBy(() -> TestNode.await(Joining.join(elsewhere, used, RANDOM)))
        .hasMessageContaining("the control refused: the token was used already, at 20");
    JoinToken good = token("lima");
    LinkPeer wrong = peer(withoutCertificate());
    wrong.say(new LinkMessage.Join(Octets.of(good.secret()), Octets.of(new byte[50])));
    wrong.awaitRefusal(Kind.WRONG, "is no public key");
    assertThat(TestNode.await(Joining.join(elsewhere, good, RANDOM)).name()).isEqualTo("lima");
    JsonObject brief = new JsonObject().put("name", "oslo").put("time", 1);
    JoinToken ended =
        JoinToken.parse(api.done("POST", "/nodes", brief.encode()).getString("token"));
    Thread.sleep(1_100); // its time passes
    assertThatThrownBy(() -> TestNode.await(Joining.join(elsewhere, ended, RANDOM)))
        .hasMessageContaining("the control refused: the token ended at 20");
    JoinToken guessed =
        new JoinToken(
            JoinToken.sha256(joined("rome").authority().bytes()),
            new byte[JoinToken.SECRET_LENGTH],
            address);
    assertThatThrownBy(() -> TestNode.await(Joining.join(elsewhere, guessed, RANDOM)))
        .hasMessageContaining("the token is not of this fleet");
    assertThat(api.call("POST", "/nodes", "{\"name\": \"paris\"}").status()).isEqualTo(409);
    assertThat(api.call("POST", "/nodes", "{\"name\": \"node\"}").status()).isEqualTo(400);
  }

  @Test
  void aRemovedNodesLinkIsClosedAtOnceAndItsCertificateIsRefused() throws Exception {
    NodeIdentity paris = joined("paris");
    NodeIdentity oslo = joined("oslo");
    LinkPeer inParis = welcomed(paris);
    LinkPeer inOslo = welcomed(oslo);
    Instant asked = Instant.now();
    api.done("DELETE", "/nodes/paris", "");
    inParis.awaitRefusal(Kind.REMOVED, "this node was removed from its fleet");
    inParis.awaitClosed();
    System.out.printf(
        "the link was closed %d ms after the request%n",
        Duration.between(asked, Instant.now()).toMillis());
    LinkPeer again = peer(tls(paris));
    again.say(HELLO);
    again.awaitRefusal(Kind.REMOVED, "this node was removed");
    again.awaitClosed();
    assertThat(again.fleet()).isEmpty();
    assertThat(api.call("DELETE", "/nodes/paris", "").status()).isEqualTo(404);
    int heard = inOslo.fleet().size();
    await().atMost(SOON).until(() -> inOslo.fleet().size() > heard);
  }

  @Test
  void theSecondHolderOfAnIdentityIsRefusedAndTheSameProcessReplacesItsOwnLink() throws Exception {
    NodeIdentity paris = joined("paris");
    LinkPeer first = welcomed(paris);
    LinkPeer copy = peer(tls(paris));
    copy.say(new LinkMessage.Hello("cd".repeat(16)));
    copy.awaitRefusal(Kind.LATER, "another process holds this identity");
    copy.awaitClosed();
    JsonObject node = api.done("GET", "/nodes", "").getJsonArray("nodes").getJsonObject(0);
    assertThat(node.getString("secondHolder")).startsWith("20");
    assertThat(node.getBoolean("connected")).isTrue();

    LinkPeer again = welcomed(paris);
    first.awaitRefusal(Kind.LATER, "this node has opened another link");
    first.awaitClosed();
    assertThat(again.epoch()).isGreaterThan(first.epoch());
    node = api.done("GET", "/nodes", "").getJsonArray("nodes").getJsonObject(0);
    assertThat(node.getBoolean("connected")).isTrue();
  }

  @Test
  void whatIsNoFrameOrTooLongEndsThatLinkAlone() throws Exception {
    LinkPeer other = welcomed(joined("oslo"));
    NodeIdentity paris = joined("paris");
    Buffer random = Buffer.buffer(new byte[64]);
    for (Buffer garbage :
        List.of(
            Buffer.buffer().appendInt(Frames.LONGEST_TO_CONTROL + 1),
            Buffer.buffer().appendInt(3).appendByte((byte) 9).appendString("{}"),
            Buffer.buffer().appendInt(4).appendByte((byte) 1).appendString("{x}"),
            Buffer.buffer().appendInt(4).appendByte((byte) 2).appendString("{x}"),
            Frames.ofAnswer(1, Buffer.buffer("{}")),
            random)) {
      LinkPeer peer = welcomed(paris);
      peer.send(garbage);
      peer.awaitRefusal(Kind.WRONG, "");
      peer.awaitClosed();
    }
    LinkPeer stranger = peer(withoutCertificate());
    stranger.send(Buffer.buffer().appendInt(Frames.LONGEST_AT_FIRST + 1));
    stranger.awaitRefusal(Kind.WRONG, "2 to 16384 are right");
    int heard = other.fleet().size();
    await().atMost(SOON).until(() -> other.fleet().size() > heard);
  }

  @Test
  void strangersThatSayNothingKeepNoNodeOutAndAreHungUpOn() throws Exception {
    NodeIdentity paris = joined("paris");
    LinkPeer open = welcomed(joined("oslo"));
    long beats = vertx.setPeriodic(1_000, tick -> open.say(new LinkMessage.Beat()));
    // One that has said a part of a word, and says more of it now and then.
    LinkPeer slow = peer(withoutCertificate());
    slow.send(Buffer.buffer().appendInt(Frames.LONGEST_AT_FIRST));
    Instant begin = Instant.now();
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 80; i++) {
        silent.add(new Socket(InetAddress.ofLiteral("127.0.0.1"), address.port()));
        Thread.sleep(15); // slower than handshakes are bounded
      }
      welcomed(paris);
      while (!slow.isClosed() && begin.plusSeconds(20).isAfter(Instant.now())) {
        slow.send(Buffer.buffer("x"));
        Thread.sleep(500);
      }
      assertThat(slow.isClosed()).isTrue();
      for (Socket each : silent) {
        each.setSoTimeout(15_000);
        assertThat(each.getInputStream().readAllBytes()).hasSizeLessThan(20); // an alert
      }
    } finally {
      vertx.cancelTimer(beats);
      for (Socket each : silent) {
        each.close();
      }
    }
    int heard = open.fleet().size();
    await().atMost(SOON).until(() -> open.fleet().size() > heard);
  }

  /** A seized node can't fill a control's memory, nor keep what others wait for. */
  @Test
  void aNodeThatAsksAndNeverReadsIsAnsweredAFewTimesAndHungUpOn() throws Exception {
    JsonObject secrets = new JsonObject();
    for (int i = 0; i < 8_000; i++) {
      secrets.put(
          "s" + i,
          "ee%032x".formatted(i + 1) + HexFormat.of().formatHex(longHost().getBytes(UTF_8)));
    }
    api.done("POST", "/imports", new JsonObject().put("secrets", secrets).encode());
    NodeIdentity paris = joined("paris");
    LinkPeer greedy = welcomed(paris);
    greedy.readNoMore();
    AtomicInteger asked = new AtomicInteger();
    vertx
        .eventBus()
        .addOutboundInterceptor(
            delivery -> {
              if (delivery.message().address().equals(StateRequest.ADDRESS)) {
                asked.incrementAndGet();
              }
              delivery.next();
            });
    Instant begin = Instant.now();
    for (int i = 1; !greedy.isClosed() && begin.plusSeconds(30).isAfter(Instant.now()); i++) {
      greedy.send(question(new StateRequest(new Stamp(paris.sender(), greedy.epoch(), i), 0)));
      Thread.sleep(100);
    }
    assertThat(greedy.isClosed()).isTrue();
    assertThat(asked.get()).isBetween(1, 5); // the kernel takes some megabytes
    LinkPeer again = welcomed(paris);
    again.send(question(new StateRequest(new Stamp(paris.sender(), again.epoch(), 1), 0)));
    again.awaitAnswer(StateSnapshot.class);
  }

  private static String longHost() {
    return ("a".repeat(60) + ".").repeat(2) + "example.org";
  }

  @Test
  void aNodeSpeaksForItselfAloneAndMakesNoStates() throws Exception {
    NodeIdentity paris = joined("paris");
    NodeIdentity oslo = joined("oslo");
    FleetState own = FleetState.of(9, List.of());
    LinkPeer first = welcomed(paris);
    long epoch = first.epoch();
    first.send(
        fleet(
            new NodeReport(
                new Stamp(oslo.sender(), epoch, 1),
                1,
                new HostPort("evil.example", 443),
                HOST,
                1)));
    first.awaitRefusal(Kind.WRONG, "a message says that it is another's: node-2");
    LinkPeer second = welcomed(paris);
    second.send(
        fleet(
            new StateSnapshot(
                new Stamp(paris.sender(), second.epoch(), 1),
                own,
                new StateSignature(new byte[64]))));
    second.awaitRefusal(Kind.WRONG, "that is nothing that nodes tell");

    // Of an epoch that it wasn't given, of one before, and repeated: they change nothing.
    LinkPeer third = welcomed(paris);
    third.send(fleet(report(paris, new Stamp(paris.sender(), third.epoch() + 1, 1), 9)));
    third.send(fleet(report(paris, new Stamp(paris.sender(), epoch, 99), 7)));
    third.send(fleet(report(paris, new Stamp(paris.sender(), third.epoch(), 2), 1)));
    third.send(fleet(report(paris, new Stamp(paris.sender(), third.epoch(), 2), 5)));
    third.send(fleet(report(paris, new Stamp(paris.sender(), third.epoch(), 1), 6)));
    await().atMost(SOON).until(() -> !present().isEmpty());
    third.send(question(new StateRequest(new Stamp(paris.sender(), third.epoch(), 3), 0)));
    third.awaitAnswer(StateSnapshot.class);
    assertThat(present()).hasSize(1);
    assertThat(present().getFirst().getLong("revision")).isEqualTo(1);
    assertThat(present().getFirst().getString("name")).isEqualTo("paris");
  }

  private static NodeReport report(NodeIdentity node, Stamp stamp, long revision) {
    return new NodeReport(stamp, revision, new HostPort(node.name(), 443), HOST, 1);
  }

  private List<JsonObject> present() throws IOException {
    return api.done("GET", "/status", "").getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static Buffer question(FleetMessage message) {
    return Frames.ofQuestion(1, Buffer.buffer(MessageJson.write(message)));
  }

  private static Buffer fleet(FleetMessage message) {
    return Frames.of(Buffer.buffer(MessageJson.write(message)));
  }

  @Test
  void aCertificateIsRenewedOverTheLinkAndTheOneBeforeIsUsedNoMore() throws Exception {
    NodeIdentity paris = joined("paris");
    List<NodeIdentity> renewed = new CopyOnWriteArrayList<>();
    ControlLink link =
        link(paris, sender(paris), Clock.offset(Clock.systemUTC(), Duration.ofDays(200)), renewed);
    TestNode.await(link.opened());
    await().atMost(SOON).until(() -> !renewed.isEmpty());
    assertThat(renewed.getFirst().certificate()).isNotEqualTo(paris.certificate());
    assertThat(renewed.getFirst().key()).isEqualTo(paris.key());
    TestNode.await(link.close());
    welcomed(renewed.getFirst());
  }

  private static Sender sender(NodeIdentity identity) {
    return new Sender(identity.sender(), Instant.EPOCH);
  }

  private ControlLink link(
      NodeIdentity identity, Sender sender, Clock clock, List<NodeIdentity> renewed) {
    return ControlLink.start(
        elsewhere,
        identity,
        sender,
        new ControlLink.Events() {
          @Override
          public void renewed(NodeIdentity next) {
            renewed.add(next);
          }

          @Override
          public void drain(Duration longest) {
            throw new AssertionError("nobody drains it");
          }

          @Override
          public void removed(String why) {
            throw new AssertionError(why);
          }
        },
        clock,
        RANDOM);
  }

  /** Neither end hears of a cut: the kernel would wait for many minutes. */
  @Test
  void aLinkThatHasGoneDeadIsKnownWithinTenSecondsAndRepaired() throws Exception {
    NodeIdentity paris = joined("paris");
    try (CutNetwork network = CutNetwork.to(elsewhere, address)) {
      NodeIdentity through =
          new NodeIdentity(
              paris.name(),
              paris.sender(),
              network.address(),
              paris.key(),
              paris.certificate(),
              paris.authority(),
              paris.states(),
              paris.seal());
      Sender sender = sender(paris);
      ControlLink link = link(through, sender, Clock.systemUTC(), new CopyOnWriteArrayList<>());
      TestNode.await(link.opened());
      StateFollower follower =
          TestNode.await(StateFollower.start(elsewhere, sender, paris.statesKey()));
      assertThat(follower.present().revision()).isEqualTo(1);
      network.cut();
      final Instant cut = Instant.now();
      api.add("alice", HOST);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  !api.done("GET", "/nodes", "")
                      .getJsonArray("nodes")
                      .getJsonObject(0)
                      .getBoolean("connected"));
      System.out.printf(
          "the control knew %d ms after the cut%n",
          Duration.between(cut, Instant.now()).toMillis());
      network.mend();
      await().atMost(Duration.ofSeconds(20)).until(() -> follower.present().revision() == 2);
    }
  }
}
