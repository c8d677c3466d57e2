package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cover is down and somebody says nothing: that may be a slow client still, whom no cover is
 * needed for. The operator is told, the prober is not.
 */
@Timeout(60)
final class DeadCoverTest {
  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 50};

  /** A minute by default, as nginx waits for a hello; the node dials twelve times in it. */
  private static final Duration SILENCE = Duration.ofSeconds(6);

  @TempDir Path state;
  private final Told told = new Told(Cover.class);
  private TestNode node;
  private int port;

  @BeforeEach
  void start() throws Exception {
    node =
        TestNode.start(
            state,
            new TestLimits().silence(SILENCE).limits(),
            new FleetState(1, List.of(new NamedSecret("alice", SECRET))));
    port = node.cover.address().getPort();
    node.cover.close();
  }

  @AfterEach
  void end() throws Exception {
    told.close();
    node.closeOnceEmpty();
  }

  @Test
  void whoIsSilentMeetsTheCoverOnceItIsBackAndTheOperatorIsToldOfBoth() throws Exception {
    try (RawSocket silent = node.connectRaw()) {
      await().atMost(SOON).until(() -> told.lines().stream().anyMatch(this::saysThatItIsDown));
      assertThat(silent.isQuiet(Duration.ofMillis(500))).isTrue();
      try (RawServer back = RawServer.start(port)) {
        RawSocket site = back.take(SOON);
        site.send(ALERT);
        assertThat(silent.read(ALERT.length)).isEqualTo(ALERT);
        site.close();
        assertThat(silent.readToEnd().ending()).isEqualTo(Ending.FIN);
      }
    }
    assertThat(told.lines()).hasSize(2).first().matches(this::saysThatItIsDown);
    assertThat(told.lines()).endsWith("the cover 127.0.0.1:" + port + " can be reached again");
  }

  @Test
  void aSlowClientIsServed() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      await().atMost(SOON).until(() -> told.lines().stream().anyMatch(this::saysThatItIsDown));
      var hello = Hellos.classic(SECRET).build();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
    }
  }

  @Test
  void whoIsSilentForTooLongIsResetAndTheOperatorIsToldOnce() throws Exception {
    long begin = System.nanoTime();
    try (RawSocket silent = node.connectRaw()) {
      silent.socket().setSoTimeout(30_000);
      assertThat(silent.readToEnd().ending()).isEqualTo(Ending.RST);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(5));
    assertThat(told.lines()).singleElement().matches(this::saysThatItIsDown);
  }

  /** Without a word of the stranger; why, a channel says in other words. */
  private boolean saysThatItIsDown(String line) {
    return line.startsWith(
        "the cover 127.0.0.1:"
            + port
            + " can't be reached: none of 1 addresses takes a connection: ");
  }
}
