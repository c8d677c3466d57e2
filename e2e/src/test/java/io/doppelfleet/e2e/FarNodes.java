package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A control and nodes elsewhere, each a process of its own, under clients. */
abstract class FarNodes {
  /** A second is what is promised; a machine that runs many tests is given more. */
  static final Duration SOON = Duration.ofSeconds(15);

  static final String HOST = "cover.example";
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");

  @TempDir Path directory;
  AlertingCover cover;
  FarControl control;
  final List<ProcessNode> nodes = new ArrayList<>();
  private EchoDatacenter datacenter;
  private final List<FakeTlsClient> clients = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"));
  }

  @AfterEach
  void end() throws Exception {
    for (FakeTlsClient client : clients) {
      client.close();
    }
    for (ProcessNode node : nodes) {
      assertThat(node.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
      node.close();
    }
    assertThat(control.log()).doesNotContain("ERROR", "Exception", "tg://", "node1.");
    control.close();
    cover.close();
    datacenter.close();
  }

  Path state(String name) {
    return directory.resolve(name);
  }

  /** One token, one command, and it serves. */
  ProcessNode joined(String name) throws Exception {
    control.join(name, state(name));
    return run(name);
  }

  ProcessNode run(String name) throws Exception {
    ProcessNode node = ProcessNode.startFar(state(name), cover.port(), datacenter.address());
    nodes.add(node);
    return node;
  }

  FarControl.Command command(String... arguments) throws Exception {
    return FarControl.Command.run(state("control"), arguments);
  }

  void awaitRevision(String... names) {
    for (String name : names) {
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

  /** One that is served: as long as the cover answers, or nobody listens yet, it comes again. */
  FakeTlsClient client(ProcessNode node, Secret secret) throws Exception {
    await()
        .atMost(SOON)
        .ignoreExceptionsMatching(
            e -> e instanceof BrokenRuleException || e instanceof ConnectException)
        .until(
            () -> {
              FakeTlsClient client = FakeTlsClient.connect(node.address(), HOME);
              clients.add(client);
              client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
              echo(client);
              return true;
            });
    return clients.getLast();
  }

  static void echo(FakeTlsClient client) throws IOException {
    client.say(new byte[] {7}, 1);
    assertThat(client.hear(1)).containsExactly(7);
  }
}
