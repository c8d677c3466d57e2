package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.tcp.Ending;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of a process with control and node, in Debian's Chromium. */
@Tag("waiting")
@Timeout(240)
final class DashboardPagesTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");

  @TempDir Path directory;

  @Test
  void anOperatorsDayIsPossibleInARealBrowser() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (StoreNode node = StoreNode.start(directory, "127.0.0.1:" + port);
        PageDriver pages = PageDriver.start(directory, invitation())) {
      pages.run(around(node));
    }
  }

  private String invitation() throws Exception {
    return Files.readString(directory.resolve("admin-link.txt")).strip();
  }

  private static PageDriver.Around around(StoreNode node) {
    FakeTlsClient[] client = new FakeTlsClient[1];
    return asked -> {
      switch (asked.getString("do")) {
        case "connect" -> {
          node.applied();
          client[0] = node.client(secret(asked), HOME);
          echo(client[0]);
        }
        case "cut" -> assertThat(client[0].raw().readToEnd().ending()).isEqualTo(Ending.FIN);
        case "stop" -> assertThat(node.stop()).isZero();
        case "start" -> node.startAgain();
        default -> throw new IllegalArgumentException(asked.encode());
      }
    };
  }

  /** That of the link that a page shows. */
  private static Secret secret(JsonObject asked) {
    String link = asked.getString("link");
    return Secret.parse(link.substring(link.indexOf("secret=") + "secret=".length()));
  }
}
