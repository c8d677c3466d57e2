package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger's connection ends as the cover ends it, and the cover's as the stranger does. */
final class ClosingTest {
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: cover.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start(state);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void sixtyPlainGetsOfACoverThatClosesAtOnceAreWhole() throws Exception {
    for (int trial = 0; trial < 60; trial++) {
      byte[] page = bytes(trial * 1_500 + 1);
      try (RawSocket stranger = node.connectRaw()) {
        stranger.send(REQUEST);
        RawSocket site = node.cover.take(SOON);
        assertThat(site.read(REQUEST.length)).isEqualTo(REQUEST);
        site.send(page);
        site.close();
        RawSocket.Rest rest = stranger.readToEnd();
        assertThat(rest.bytes()).as("trial %s", trial).isEqualTo(page);
        assertThat(rest.ending()).isEqualTo(Ending.FIN);
      }
    }
  }

  @Test
  void aPostOf300KilobytesArrivesWholeAndIsAnswered() throws Exception {
    byte[] body = bytes(300_000);
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(REQUEST);
      RawSocket site = node.cover.take(SOON);
      Thread upload = Thread.ofVirtual().start(() -> send(stranger, body));
      assertThat(site.read(REQUEST.length + body.length)).endsWith(body);
      upload.join();
      site.send(REQUEST);
      site.close();
      RawSocket.Rest rest = stranger.readToEnd();
      assertThat(rest.bytes()).isEqualTo(REQUEST);
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void theAnswerToWhoHalfClosedLongAgoArrivesWhole() throws Exception {
    byte[] page = bytes(200_000);
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(REQUEST);
      stranger.halfClose();
      RawSocket site = node.cover.take(SOON);
      assertThat(site.readToEnd().bytes()).isEqualTo(REQUEST);
      assertThat(stranger.isQuiet(Duration.ofMillis(300))).isTrue();
      site.send(page);
      site.close();
      RawSocket.Rest rest = stranger.readToEnd();
      assertThat(rest.bytes()).isEqualTo(page);
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aHalfCloseInTheMidstOfAnAnswerReachesTheCoverAndTheRestOfItArrives() throws Exception {
    byte[] page = bytes(100_000);
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(REQUEST);
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(REQUEST.length)).isEqualTo(REQUEST);
      site.send(page);
      assertThat(stranger.read(page.length)).isEqualTo(page);
      stranger.halfClose();
      assertThat(site.readToEnd().ending()).isEqualTo(Ending.FIN);
      site.send(page);
      assertThat(stranger.read(page.length)).isEqualTo(page);
      site.close();
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aCoverThatHalfClosedGoesOnReading() throws Exception {
    byte[] body = bytes(300_000);
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(REQUEST);
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(REQUEST.length)).isEqualTo(REQUEST);
      site.send(REQUEST);
      site.halfClose();
      RawSocket.Rest rest = stranger.readToEnd();
      assertThat(rest.bytes()).isEqualTo(REQUEST);
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
      Thread upload = Thread.ofVirtual().start(() -> send(stranger, body));
      assertThat(site.read(body.length)).isEqualTo(body);
      upload.join();
      stranger.halfClose();
      assertThat(site.readToEnd().ending()).isEqualTo(Ending.FIN);
      await().atMost(SOON).until(() -> node.node.connections() == 0);
    }
  }

  @Test
  void aSilentCoversEndReachesAStrangerWhoSaidNothingAndTheOtherWayRound() throws Exception {
    for (boolean coverFirst : new boolean[] {true, false}) {
      try (RawSocket stranger = node.connectRaw()) {
        RawSocket site = node.cover.take(SOON);
        RawSocket one = coverFirst ? site : stranger;
        RawSocket other = coverFirst ? stranger : site;
        one.halfClose();
        RawSocket.Rest rest = other.readToEnd();
        assertThat(rest.bytes()).isEmpty();
        assertThat(rest.ending()).isEqualTo(Ending.FIN);
        assertThat(one.isQuiet(Duration.ofMillis(200))).as("the other way is open").isTrue();
        other.halfClose();
        assertThat(one.readToEnd().ending()).isEqualTo(Ending.FIN);
      }
      await().atMost(SOON).until(() -> node.node.connections() == 0);
    }
  }

  @Test
  void aResetOfTheCoverComesAfterTheSameBytes() throws Exception {
    for (int trial = 0; trial < 20; trial++) {
      try (RawSocket stranger = node.connectRaw()) {
        stranger.send(REQUEST);
        RawSocket site = node.cover.take(SOON);
        assertThat(site.read(5)).hasSize(5); // as a server that leaves the rest unread
        site.send(REQUEST);
        site.reset();
        RawSocket.Rest rest = stranger.readToEnd();
        assertThat(rest.bytes()).as("trial %s", trial).isEqualTo(REQUEST);
        assertThat(rest.ending()).isEqualTo(Ending.RST);
      }
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static void send(RawSocket socket, byte[] bytes) {
    try {
      socket.send(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
