package io.doppelfleet.e2e;

import io.doppelfleet.control.ControlOptions;
import io.doppelfleet.control.ControlVerticle;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A control with its port for nodes, and machines that come in there. */
abstract class NodesPort {
  static final Duration SOON = Duration.ofSeconds(10);
  static final SecureRandom RANDOM = new SecureRandom();
  static final String HOST = "cover.example";
  static final LinkMessage HELLO = new LinkMessage.Hello("ab".repeat(16), LinkMessage.FIRST);

  @TempDir Path directory;
  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  final Vertx elsewhere = Vertx.vertx();
  ControlApi api;
  HostPort address;

  @BeforeEach
  void start() throws Exception {
    address = new HostPort("127.0.0.1", freePort());
    ControlOptions options =
        new ControlOptions(
            "jdbc:h2:file:" + directory.resolve("fleet"),
            directory.resolve("fleet.key"),
            directory.resolve("control.id"),
            directory.resolve("control.sock"),
            false,
            new Ledger.Retention(Duration.ofDays(7), Duration.ofDays(400)),
            new LinkOptions(address, address),
            null,
            null);
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

  JoinToken token(String name) throws IOException {
    JsonObject body = new JsonObject().put("name", name);
    return JoinToken.parse(api.done("POST", "/nodes", body.encode()).getString("token"));
  }

  NodeIdentity joined(String name) throws Exception {
    return TestNode.await(Joining.join(elsewhere, token(name), RANDOM));
  }

  static ClientSSLOptions tls(NodeIdentity identity) {
    return Tls.node(identity.key(), identity.certificate(), identity.authority());
  }

  LinkPeer peer(ClientSSLOptions tls) throws Exception {
    return LinkPeer.connect(elsewhere, address, tls);
  }

  /** A link that is open. */
  LinkPeer welcomed(NodeIdentity identity) throws Exception {
    LinkPeer peer = peer(tls(identity));
    peer.say(HELLO);
    peer.awaitLink(LinkMessage.Welcome.class);
    return peer;
  }

  static ClientSSLOptions withoutCertificate() {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setTrustAll(true).setHostnameVerificationAlgorithm("");
    options.setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
    return options;
  }

  static Buffer question(FleetMessage message) {
    return Frames.ofQuestion(1, Buffer.buffer(MessageJson.write(message)));
  }
}
