package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose control group has a bound, as a container's has. The kernel takes back what isn't
 * needed, and a look at what is left may come late: so the bound is set once more for each who
 * comes, until one of them goes short.
 */
@Tag("waiting")
@Timeout(240)
final class BoundedMemoryTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  /** Who goes short at once does so in milliseconds, whose turn it isn't waits for good. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final byte[] REQUEST = "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] LAST_REQUEST = "GET /last HTTP/1.1\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] PAGE = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII);

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void leave() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T kept(T opened) {
    open.add(opened);
    return opened;
  }

  @Test
  void whereLittleIsLeftOfTheBoundWhoIsNewGoesShortAndWhoIsServedDoesNot() throws Exception {
    MemoryGroup group = kept(MemoryGroup.make());
    EchoDatacenter datacenter = kept(EchoDatacenter.start());
    RawServer cover = kept(RawServer.start());
    ProcessNode node =
        kept(
            ProcessNode.start(
                directory,
                cover.address().getPort(),
                SECRET,
                Map.of(2, datacenter.address()),
                group.command()));
    FakeTlsClient served = kept(FakeTlsClient.connect(node.address()));
    served.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
    echo(served);
    assertThat(pressure(node)).isZero();

    await()
        .atMost(AT_MOST)
        .until(
            () -> {
              group.leaveLittle();
              return pressure(node) > 0 && isReset(node);
            });
    assertThat(node.metric("doppelfleet_phase_failures_total{phase=\"cover\",reason=\"no room\"}"))
        .isPositive();
    echo(served);

    Waiting waiting =
        await()
            .atMost(AT_MOST)
            .until(
                () -> {
                  group.leaveAlmostNothing();
                  return pressure(node) == 2 ? waiting(node) : null;
                },
                client -> client != null);
    echo(served);

    group.leaveAll();
    await().atMost(AT_MOST).until(() -> pressure(node) == 0);
    waiting.client.readFlight(waiting.hello);
    waiting.client.open(Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, 2, RANDOM));
    echo(waiting.client);
    RawSocket stranger = kept(RawSocket.connect(node.address()));
    stranger.send(LAST_REQUEST);
    lastOf(cover).send(PAGE);
    assertThat(stranger.read(PAGE.length)).isEqualTo(PAGE);
    stranger.close();
    waiting.client.close();
    served.close();
    assertThat(node.stop()).isZero();
  }

  private static double pressure(ProcessNode node) throws IOException {
    return node.metric("doppelfleet_pressure{of=\"memory\"}");
  }

  /** A stranger who comes now; one whom the cover has, or who waits, isn't. */
  private static boolean isReset(ProcessNode node) throws IOException {
    try (RawSocket stranger = RawSocket.connect(node.address())) {
      stranger.send(REQUEST);
      stranger.socket().setSoTimeout((int) PATIENCE.toMillis());
      return stranger.readToEnd().ending() == Ending.RST;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  /** One whom the kernel alone has answered until now. */
  private record Waiting(FakeTlsClient client, ClientHello hello) {}

  /** A client who comes now; null where it is served. */
  private @Nullable Waiting waiting(ProcessNode node) throws IOException {
    double accepted = node.metric("doppelfleet_accepted_total");
    FakeTlsClient client = FakeTlsClient.connect(node.address());
    ClientHello hello = Hellos.classic(SECRET).build();
    client.raw().send(hello.bytes());
    if (client.raw().isQuiet(PATIENCE) && node.metric("doppelfleet_accepted_total") == accepted) {
      return new Waiting(kept(client), hello);
    }
    client.close();
    return null;
  }

  /** The site of who said that; others have come to the cover before, the node itself too. */
  private static RawSocket lastOf(RawServer cover) throws IOException, InterruptedException {
    while (true) {
      RawSocket site = cover.take(AT_MOST);
      if (Arrays.equals(site.read(LAST_REQUEST.length), LAST_REQUEST)) {
        return site;
      }
      site.close();
    }
  }
}
