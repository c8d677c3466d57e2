package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the dashboard is of: a control with its node, another node elsewhere, and a client. */
final class PageSurroundings implements PageDriver.Around, AutoCloseable {
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");

  private final StoreNode node;
  private final Path elsewhere;
  private final StandInDatacenter telegram;
  private @Nullable ProcessNode far;
  private @Nullable FakeTlsClient client;

  /**
   * Without a client, and without the other node.
   *
   * @param elsewhere the other node's state directory
   */
  PageSurroundings(StoreNode node, Path elsewhere) throws IOException {
    this.node = node;
    this.elsewhere = elsewhere;
    this.telegram = StandInDatacenter.start();
  }

  @Override
  public void perform(JsonObject asked) throws Exception {
    switch (asked.getString("do")) {
      case "connect" -> connect(node.address(), secret(asked), 2);
      case "cut" -> assertThat(present().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      case "leave" -> leave();
      case "stop" -> assertThat(node.stop()).isZero();
      case "start" -> node.startAgain();
      case "join" -> join(asked.getString("token"));
      case "run" -> far = node.probing(elsewhere, telegram.address());
      case "connect far" -> connect(far().address(), secret(asked), StoreNode.CONTENT);
      case "far ends" -> assertThat(far().ended()).isZero();
      case "kill far" -> far().kill();
      default -> throw new IllegalArgumentException(asked.encode());
    }
  }

  /** That of the link that a page shows. */
  private static Secret secret(JsonObject asked) {
    String link = asked.getString("link");
    return Secret.parse(link.substring(link.indexOf("secret=") + "secret=".length()));
  }

  private void join(String token) throws Exception {
    FarControl.Command joined = FarControl.Command.run(elsewhere, "node", "join", token);
    assertThat(joined.status()).as(joined.out()).isZero();
  }

  /** In place of the client that there was. As long as the cover answers it comes again. */
  private void connect(InetSocketAddress address, Secret secret, int datacenter) throws Exception {
    await()
        .atMost(SOON)
        .ignoreExceptionsMatching(BrokenRuleException.class::isInstance)
        .until(
            () -> {
              leave();
              FakeTlsClient next = FakeTlsClient.connect(address, HOME);
              client = next;
              next.handshake(Hellos.classic(secret).build(), datacenter, RANDOM);
              echo(next);
              return true;
            });
  }

  private void leave() throws IOException {
    if (client != null) {
      client.close();
    }
  }

  private FakeTlsClient present() {
    return Objects.requireNonNull(client);
  }

  private ProcessNode far() {
    return Objects.requireNonNull(far);
  }

  /** The other node, too, has told of no error, no secret and no address. */
  @Override
  public void close() throws Exception {
    leave();
    telegram.close();
    if (far != null) {
      far.close();
      assertThat(far.log()).doesNotContain("ERROR", "Exception", "tg://", "127.0.0.2");
    }
  }
}
