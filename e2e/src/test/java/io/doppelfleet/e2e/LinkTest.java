package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal.Kind;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TcpServerConfig;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who comes in on a control's port for nodes. */
@Timeout(120)
@Tag("waiting")
final class LinkTest extends NodesPort {
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
    TestNode.await(server.close()); // one that nobody holds Vert.x may leave open at its own end
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
}
