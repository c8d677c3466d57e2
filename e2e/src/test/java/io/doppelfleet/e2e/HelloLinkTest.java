package io.doppelfleet.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.replay.HelloExchange;
import io.doppelfleet.standin.client.Hellos;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.TcpServerConfig;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What of hellos is seen on a link, and who may say what there. */
@Tag("alone")
@Timeout(60)
final class HelloLinkTest extends NodesPort {
  /** The frame's five bytes, and what TLS 1.3 adds: its tag, and the JDK sixteen zeros. */
  private static final int MOST_ADDED = 50;

  private static final long WATCHED_MILLIS = 2_000;
  private static final int CLIENTS = 20;

  /** Ticks may differ by so many, for each pause is another and a busy machine's are longer. */
  private static final int AROUND = 6;

  private static NodeIdentity at(NodeIdentity node, HostPort control) {
    return new NodeIdentity(
        node.name(),
        node.sender(),
        control,
        node.key(),
        node.certificate(),
        node.authority(),
        node.states(),
        node.seal());
  }

  private HelloExchange exchange(NodeIdentity node) throws Exception {
    HelloExchange exchange = started(node);
    TestNode.await(exchange.complete());
    return exchange;
  }

  private HelloExchange started(NodeIdentity node) {
    Sender sender = new Sender(node.sender(), Instant.EPOCH);
    ControlLink.start(
        elsewhere,
        node,
        sender,
        new ControlLink.Events() {
          @Override
          public void renewed(NodeIdentity identity) {}

          @Override
          public void drain(Duration longest) {}

          @Override
          public void removed(String why) {}
        },
        Clock.systemUTC(),
        RANDOM,
        null);
    FleetHellos hellos = new FleetHellos(Duration.ofMinutes(2), RANDOM);
    return HelloExchange.start(elsewhere, sender, hellos, RANDOM);
  }

  /** Visitors of the cover are told to nobody, so they are the quiet half. */
  @Test
  void whoWatchesALinkCanNotTellClientsFromVisitors() throws Exception {
    NamedSecret alice = new NamedSecret("alice", TestNode.SECRET);
    try (WatchedLink watched = WatchedLink.to(elsewhere, address)) {
      FleetHellos hellos = exchange(at(joined("paris"), watched.address())).hellos();
      watched.up();
      watched.down();
      Thread.sleep(WATCHED_MILLIS); // nobody comes
      List<Integer> up = watched.up();
      final int tick = mostFrequent(up);
      final Seen quiet = Seen.of(up, watched.down(), tick);
      long begun = System.nanoTime();
      for (int i = 1; i <= CLIENTS; i++) {
        ClientHello hello = new ClientHello(Hellos.classic(TestNode.SECRET).build().bytes());
        assertThat(hellos.first(hello, alice)).isTrue();
        long passed = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        Thread.sleep(Math.max(0, i * WATCHED_MILLIS / CLIENTS - passed));
      }
      Seen busy = Seen.of(watched.up(), watched.down(), tick);
      assertThat(hellos.heard()).isGreaterThanOrEqualTo(CLIENTS * 3 / 4); // so they did go by
      assertThat(tick).isBetween(EvenLength.SHORT, EvenLength.SHORT + MOST_ADDED);
      assertThat(quiet.ticksUp).isBetween(18, 34);
      assertThat(quiet.ticksDown).isBetween(18, 34);
      assertThat(busy.ticksUp).isBetween(quiet.ticksUp - AROUND, quiet.ticksUp + AROUND);
      assertThat(busy.ticksDown).isBetween(quiet.ticksDown - AROUND, quiet.ticksDown + AROUND);
      assertThat(busy.othersUp).isBetween(quiet.othersUp - 1, quiet.othersUp + 1);
      assertThat(busy.othersDown).isBetween(quiet.othersDown - 2, quiet.othersDown + 2);
    }
  }

  private static int mostFrequent(List<Integer> lengths) {
    return lengths.stream()
        .max(Comparator.comparingInt(length -> Collections.frequency(lengths, length)))
        .orElseThrow();
  }

  /** Records of the one length, and all others: a beat every two seconds, a delta each second. */
  private record Seen(int ticksUp, int othersUp, int ticksDown, int othersDown) {
    static Seen of(List<Integer> up, List<Integer> down, int tick) {
      int ticksUp = Collections.frequency(up, tick);
      int ticksDown = Collections.frequency(down, tick);
      return new Seen(ticksUp, up.size() - ticksUp, ticksDown, down.size() - ticksDown);
    }
  }

  @Test
  void aNodeSpeaksOfItsOwnHellosAlone() throws Exception {
    NodeIdentity paris = joined("paris");
    for (SeenHellos forged :
        List.of(
            new SeenHellos(new Stamp("node-9", 1, 1), HelloTokens.of(1)),
            new SeenHellos(new Stamp("control", 1, 1), HelloTokens.NONE))) {
      LinkPeer peer = peer(tls(paris));
      peer.say(new LinkMessage.Hello("ab".repeat(16), LinkMessage.NEWEST));
      peer.awaitLink(LinkMessage.Welcome.class);
      peer.send(Frames.ofHellos(Buffer.buffer(EvenLength.ofTick(forged))));
      peer.awaitRefusal(LinkMessage.Refusal.Kind.WRONG, "a message says that it is another's");
      peer.awaitClosed();
    }
  }

  /** A control of before: the first knew no version, and hung up on what it didn't know. */
  private record Older(
      NetSocket socket,
      int newest,
      List<Integer> versions,
      List<String> healths,
      List<String> unknown)
      implements Frames.Receiver {
    @Override
    public void link(LinkMessage message) {
      if (message instanceof LinkMessage.Hello hello) {
        versions.add(hello.version());
        socket.write(
            Frames.of(
                newest > LinkMessage.FIRST || hello.version() == LinkMessage.FIRST
                    ? new LinkMessage.Welcome(1, newest)
                    : LinkMessage.Refusal.of(
                        LinkMessage.Refusal.Kind.WRONG,
                        "a message of the link isn't right: version is not a text")));
      }
    }

    @Override
    public void told(Buffer text) {
      (newest < LinkMessage.HEALTH ? unknown : healths).add(text.toString());
    }

    @Override
    public void hellos(Buffer text) {
      if (newest < LinkMessage.HELLOS) {
        unknown.add("hellos");
      }
    }

    @Override
    public void asked(int question, Buffer text) {
      if (newest < LinkMessage.HELLOS) {
        unknown.add("asked");
      }
    }

    @Override
    public void answered(int question, Buffer text) {
      unknown.add("answered");
    }

    @Override
    public void broken(String why) {
      unknown.add(why);
    }
  }

  private final List<Integer> versions = new CopyOnWriteArrayList<>();
  private final List<String> healths = new CopyOnWriteArrayList<>();
  private final List<String> unknown = new CopyOnWriteArrayList<>();

  /** A control of before. */
  private NetServer older(Authority.Identity control, int newest) throws Exception {
    NetServer server =
        elsewhere
            .createNetServer(
                new TcpServerConfig().setSsl(true), Tls.control(control.key(), control.chain()))
            .connectHandler(
                socket ->
                    socket.handler(
                        new Frames(new Older(socket, newest, versions, healths, unknown))));
    TestNode.await(server.listen(0, "127.0.0.1"));
    return server;
  }

  private static NodeIdentity paris(Authority authority, NetServer server) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    KeyPair keys = generator.generateKeyPair();
    Octets key = Octets.of(keys.getPublic().getEncoded());
    return new NodeIdentity(
        "paris",
        "node-1",
        new HostPort("127.0.0.1", server.actualPort()),
        Octets.of(keys.getPrivate().getEncoded()),
        authority.certifyNode("paris", key, Instant.now()),
        authority.nodes().open(),
        authority.states().open(),
        Octets.of(new byte[32]));
  }

  @Test
  void aControlThatKnowsNothingOfProbesIsToldHowANodeDoesWithoutThem() throws Exception {
    Authority authority = Authority.create(Instant.now(), RANDOM);
    NetServer server = older(authority.certifyControl(Instant.now()), LinkMessage.HEALTH);
    NodeHealth health =
        new NodeHealth(
            new Stamp("node-1", 1, 1),
            "1",
            0,
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(new NodeHealth.Probe(2, 0, null, 80)));
    started(paris(authority, server));
    for (int i = 0; i < 100 && healths.isEmpty(); i++) {
      Thread.sleep(50);
      elsewhere.eventBus().publish(NodeHealth.ADDRESS, Buffer.buffer(MessageJson.write(health)));
    }
    assertThat(healths.getFirst())
        .isEqualTo(new String(MessageJson.write(health.withoutProbes()), UTF_8))
        .doesNotContain("probes");
    TestNode.await(server.close());
  }

  @Test
  void anOlderControlIsToldNothingOfHellosNorOfHealthAndTheLinkToItOpens() throws Exception {
    Authority authority = Authority.create(Instant.now(), RANDOM);
    NetServer server = older(authority.certifyControl(Instant.now()), LinkMessage.FIRST);
    HelloExchange exchange = started(paris(authority, server));
    for (int i = 0; i < 200 && versions.size() < 2; i++) {
      Thread.sleep(50); // it comes again
    }
    for (int i = 0; i < 4; i++) { // and there are ticks
      Thread.sleep(500);
      elsewhere.eventBus().publish(NodeHealth.ADDRESS, Buffer.buffer("{}"));
    }
    assertThat(versions).containsExactly(LinkMessage.NEWEST, LinkMessage.FIRST);
    assertThat(unknown).isEmpty();
    assertThat(exchange.complete().isComplete()).isFalse();
    TestNode.await(server.close()); // one that nobody holds Vert.x may leave open at its own end
  }
}
