package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal.Kind;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.state.StateFollower;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those may say who have come in on a control's port for nodes, and how their links end. */
@Timeout(120)
@Tag("waiting")
final class LinkLifeTest extends NodesPort {
  @Test
  void aRemovedNodesLinkIsClosedAtOnceAndItsCertificateIsRefused() throws Exception {
    NodeIdentity paris = joined("paris");
    NodeIdentity oslo = joined("oslo");
    LinkPeer inParis = welcomed(paris);
    LinkPeer inOslo = welcomed(oslo);
    WithinASecond removal = WithinASecond.begin();
    api.done("DELETE", "/nodes/paris", "");
    inParis.awaitRefusal(Kind.REMOVED, "this node was removed from its fleet");
    inParis.awaitClosed();
    removal.over("a removed node's link was closed");
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
    copy.say(new LinkMessage.Hello("cd".repeat(16), LinkMessage.FIRST));
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
    third.send(fleet(health(new Stamp(paris.sender(), epoch, 100), true)));
    third.send(fleet(health(new Stamp(paris.sender(), third.epoch(), 4), false)));
    await().atMost(SOON).until(() -> present().getFirst().containsKey("health"));
    assertThat(present().getFirst().getJsonObject("health").getBoolean("coverDown")).isFalse();
  }

  private static NodeHealth health(Stamp stamp, boolean coverDown) {
    return new NodeHealth(stamp, "1", 0, coverDown, List.of(), List.of(), List.of(), List.of());
  }

  private static NodeReport report(NodeIdentity node, Stamp stamp, long revision) {
    return new NodeReport(stamp, revision, new HostPort(node.name(), 443), HOST, 1);
  }

  private List<JsonObject> present() throws IOException {
    return api.done("GET", "/status", "").getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .toList();
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
        RANDOM,
        null);
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
