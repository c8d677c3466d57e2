package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Resets while bytes are on their way, while a dial is, and after an end. */
final class ResetTest {
  /** Of those that a descriptor sees and a channel doesn't, see {@code ChannelLeg}. */
  private static final String CHANNELS = "io.netty.transport.noNative";

  private static final byte[] ANSWER =
      "HTTP/1.1 413 Content Too Large\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path state;

  @Test
  @DisabledIfSystemProperty(
      named = CHANNELS,
      matches = "true",
      disabledReason = "NIO sees no reset behind bytes that nobody reads")
  void aClientThatResetsWhileItsDataCentreReadsNothingIsSeenToLeave() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      fill(() -> relayed.client().say(new byte[30_000_000], 16_384));
      relayed.client().raw().reset();
      await().atMost(SOON).until(() -> node.node.clients() == 0 && node.node.connections() == 0);
    }
  }

  @Test
  void theSameClientIsSeenToLeaveOnBothPumpsOnceItIsSentAnything() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      fill(() -> relayed.client().say(new byte[30_000_000], 16_384));
      relayed.client().raw().reset();
      try {
        relayed.say(new byte[] {7});
      } catch (IOException seenBefore) {
        // On descriptors the reset was seen as it came, and passed on.
      }
      await().atMost(SOON).until(() -> node.node.clients() == 0 && node.node.connections() == 0);
    }
  }

  @Test
  void aDataCentreThatResetsWhileBytesWaitForItResetsItsClient() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      Thread sender = fill(() -> relayed.client().say(new byte[30_000_000], 16_384));
      relayed.socket().reset();
      assertThat(sender.join(SOON)).as("the rest can't be sent").isTrue();
      assertThatThrownBy(() -> relayed.client().say(new byte[1], 1))
          .isInstanceOf(IOException.class);
      await().atMost(SOON).until(() -> node.node.clients() == 0 && node.node.connections() == 0);
    }
  }

  @Test
  void aClientThatResetsWhileBytesWaitForItResetsItsDataCentre() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      Thread sender = fill(() -> relayed.say(new byte[30_000_000]));
      relayed.client().raw().reset();
      assertThat(sender.join(SOON)).as("the rest can't be sent").isTrue();
      assertThatThrownBy(() -> relayed.say(new byte[1])).isInstanceOf(IOException.class);
      await().atMost(SOON).until(() -> node.node.clients() == 0 && node.node.connections() == 0);
    }
  }

  private interface Sending {
    void send() throws IOException;
  }

  /** Sends what nobody reads, until the way is full. */
  private static Thread fill(Sending sending) throws InterruptedException {
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    sending.send();
                  } catch (IOException e) {
                    // The test resets one of the ends meanwhile.
                  }
                });
    assertThat(sender.join(Duration.ofMillis(500))).as("the way is full").isFalse();
    return sender;
  }

  /** Bytes and reset are one event, mostly, and the bytes are read first. */
  @Test
  void aClientThatResetsWithItsFirstBytesIsSeenToLeaveThoughItsDataCentreIsSilent()
      throws Exception {
    FleetState secrets = new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
    try (DeadServer dead = DeadServer.start();
        TestNode node =
            TestNode.start(
                state,
                ProxyOptions.Limits.defaults(),
                secrets,
                Map.of(2, List.of(dead.address())))) {
      for (int trial = 0; trial < 50; trial++) {
        FakeTlsClient client = node.connect();
        var hello = Hellos.classic(SECRET).build();
        client.raw().send(hello.bytes());
        client.readFlight(hello);
        client.open(
            Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, 2, RANDOM), new byte[] {1});
        client.raw().reset();
      }
      await().atMost(SOON).until(() -> node.node.connections() == 0);
    }
  }

  @Test
  void aStrangerThatResetsWhileTheCoverIsDialledIsSeenToLeave() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      int port = node.cover.address().getPort();
      node.cover.close();
      try (DeadServer dead = DeadServer.start(port)) {
        assertThat(dead.address().getPort()).isEqualTo(port);
        RawSocket stranger = node.connectRaw();
        stranger.send(ANSWER);
        await()
            .atMost(SOON)
            .until(
                () ->
                    node.meters
                            .get("doppelfleet.phase.failures")
                            .tags("phase", "greeting", "reason", "no hello")
                            .counter()
                            .count()
                        == 1);
        stranger.reset();
        await().atMost(SOON).until(() -> node.node.connections() == 0);
      }
    }
  }

  @Test
  void theAnswerOfACoverThatEndsAnUploadByAResetArrives() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      for (int trial = 0; trial < 100; trial++) {
        try (RawSocket stranger = node.connectRaw()) {
          stranger.send("POST / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          RawSocket site = node.cover.take(SOON);
          site.read(4);
          Thread upload =
              Thread.ofVirtual()
                  .start(
                      () -> {
                        try {
                          for (int piece = 0; piece < 300; piece++) {
                            stranger.send(new byte[1000]);
                          }
                        } catch (IOException e) {
                          // The cover does not take all that.
                        }
                      });
          site.send(ANSWER);
          if (trial % 2 == 0) {
            site.reset(); // as nginx closes with bytes unread
          } else {
            site.close(); // as Java does: an end, and then the reset
          }
          assertThat(stranger.readToEnd().bytes()).as("trial %s", trial).isEqualTo(ANSWER);
          upload.join();
        }
      }
    }
  }

  /**
   * As OpenSSL reads for nginx: a whole record at once. Where it is a bad one nginx closes, and
   * that is a reset if there was more, but none if the more is yet to come.
   */
  @Test
  void whatAStrangerSendsAtOnceIsThereForTheCoverAtOnce() throws Exception {
    byte[] burst = new byte[60_000];
    try (TestNode node = TestNode.start(state)) {
      for (int trial = 0; trial < 40; trial++) {
        try (RawSocket stranger = node.connectRaw()) {
          stranger.send(burst);
          RawSocket site = node.cover.take(SOON);
          byte[] record = new byte[16_389];
          assertThat(site.read(record)).as("trial %s", trial).isEqualTo(record.length);
        }
      }
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = CHANNELS,
      matches = "true",
      disabledReason = "NIO sees no reset after an end")
  void theFirstByteForACoverThatHasClosedMeetsAReset() throws Exception {
    try (TestNode node = TestNode.start(state);
        RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'x'});
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(1)).containsExactly('x');
      site.close();
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
      stranger.send(new byte[] {'y'});
      await().atMost(SOON).until(() -> node.node.connections() == 0);
      assertThatThrownBy(() -> stranger.send(new byte[] {'z'})).isInstanceOf(IOException.class);
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = CHANNELS,
      matches = "true",
      disabledReason = "NIO sees no reset after an end")
  void aResetAfterTheCoversEndIsAResetToTheStranger() throws Exception {
    try (TestNode node = TestNode.start(state);
        RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'x'});
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(1)).containsExactly('x');
      site.halfClose();
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
      site.reset();
      await().atMost(SOON).until(() -> node.node.connections() == 0);
      assertThatThrownBy(() -> stranger.send(new byte[] {'z'})).isInstanceOf(IOException.class);
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = CHANNELS,
      matches = "true",
      disabledReason = "NIO sees no reset after an end")
  void anEndAndTheResetRightAfterItAreBothSeen() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      for (int trial = 0; trial < 20; trial++) {
        try (RawSocket stranger = node.connectRaw()) {
          stranger.send(ANSWER);
          RawSocket site = node.cover.take(SOON);
          assertThat(site.read(5)).hasSize(5);
          site.send(ANSWER);
          site.close(); // Java half-closes first; then, with bytes unread, it is a reset
          RawSocket.Rest rest = stranger.readToEnd();
          assertThat(rest.bytes()).as("trial %s", trial).isEqualTo(ANSWER);
          assertThat(rest.ending()).isEqualTo(Ending.FIN);
          await().atMost(SOON).until(() -> node.node.connections() == 0);
          assertThatThrownBy(() -> stranger.send(ANSWER)).isInstanceOf(IOException.class);
        }
      }
    }
  }
}
