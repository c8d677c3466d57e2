package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client sees of the shaper: records, waits, and that nothing is lost. */
@Timeout(60)
final class ShapingTest {
  private static final int FULL_RECORD = 16_401;
  private static final int SEGMENT = 1_448;

  @TempDir Path state;

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void aLongTransferArrivesWhole(Shaping shaping) throws Exception {
    try (TestNode node = TestNode.start(state, shaping)) {
      TestNode.Relayed relayed = node.relayed();
      byte[] down = bytes(30_000_000);
      Thread sender = saying(relayed, down, 100_000, Duration.ZERO);
      assertThat(relayed.client().hear(down.length)).isEqualTo(down);
      sender.join();
      relayed.client().close();
    }
  }

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void whatComesInDribsArrivesWhole(Shaping shaping) throws Exception {
    try (TestNode node = TestNode.start(state, shaping)) {
      TestNode.Relayed relayed = node.relayed();
      byte[] down = bytes(300_000);
      Thread sender = saying(relayed, down, 777, Duration.ofNanos(200_000));
      assertThat(relayed.client().hear(down.length)).isEqualTo(down);
      sender.join();
      relayed.client().close();
    }
  }

  /** A sender that the system leaves waiting makes a short record now and then. */
  @Test
  void dribsAreJoinedToFullRecordsInFullModeAlone() throws Exception {
    int segments = 400;
    for (Shaping shaping : Shaping.values()) {
      try (TestNode node = TestNode.start(state, shaping)) {
        TestNode.Relayed relayed = node.relayed();
        byte[] down = bytes(segments * SEGMENT);
        Thread sender = saying(relayed, down, SEGMENT, Duration.ofNanos(300_000));
        List<Integer> records = records(relayed.client().raw(), down.length);
        sender.join();
        long full = records.stream().filter(length -> length == FULL_RECORD).count();
        long most = down.length / FULL_RECORD;
        if (shaping == Shaping.FULL) {
          assertThat(full).as("%s", records).isBetween(most / 2, most);
        } else {
          assertThat(full).as("%s", records).isLessThan(most / 2);
        }
        relayed.client().close();
      }
    }
  }

  @Test
  void bulkIsFullRecords() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      byte[] down = bytes(10_000_000);
      Thread sender = saying(relayed, down, down.length, Duration.ZERO);
      List<Integer> records = records(relayed.client().raw(), down.length);
      sender.join();
      long full = records.stream().filter(length -> length == FULL_RECORD).count();
      // A short one at the end of each chunk that is read would be one in sixteen.
      assertThat(full).isGreaterThan(down.length / FULL_RECORD * 97L / 100);
      relayed.client().close();
    }
  }

  @Test
  void messagesOfAnyLengthWaitLessThanFiftyMilliseconds() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      for (int length : new int[] {4, 17, 256, 1_300, 5_000, 16_400, 40_000}) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          byte[] message = bytes(length);
          long begin = System.nanoTime();
          relayed.say(message);
          assertThat(relayed.client().hear(length)).isEqualTo(message);
          times.add((System.nanoTime() - begin) / 1000);
        }
        times.sort(null);
        assertThat(times.get(10)).as("%s bytes: %s us", length, times).isLessThan(50_000);
      }
      relayed.client().close();
    }
  }

  @Test
  void aMessageTooShortForARecordOfTlsIsJoinedToTheNext() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      TestNode.Relayed relayed = node.relayed();
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        relayed.say(new byte[4]);
        Thread.sleep(5);
        relayed.say(new byte[100]);
        lengths.addAll(records(relayed.client().raw(), 104));
      }
      // A test that sleeps for longer than it asked for sees the four bytes alone.
      assertThat(lengths).contains(104);
      relayed.client().close();
    }
  }

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void theEndOfTheStreamTakesWhatWaitsWithIt(Shaping shaping) throws Exception {
    try (TestNode node = TestNode.start(state, shaping)) {
      for (int length : new int[] {5, 5_000, 20_000}) {
        TestNode.Relayed relayed = node.relayed();
        byte[] down = bytes(length);
        relayed.say(down);
        relayed.socket().halfClose();
        assertThat(relayed.client().hear(length)).isEqualTo(down);
        assertThat(relayed.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
        // The other way is still open.
        relayed.client().say(new byte[] {1, 2, 3}, 3);
        assertThat(relayed.heard(3)).containsExactly(1, 2, 3);
        relayed.client().close();
      }
      await().atMost(SOON).until(() -> node.node.connections() == 0);
    }
  }

  @Test
  void whoeverResetsWhileBytesWaitLeavesNothing() throws Exception {
    try (TestNode node = TestNode.start(state)) {
      for (int i = 0; i < 20; i++) {
        TestNode.Relayed relayed = node.relayed();
        relayed.say(new byte[i % 4 < 2 ? 10 : 5_000]);
        if (i % 2 == 0) {
          relayed.client().raw().reset();
        } else {
          relayed.socket().reset();
          relayed.client().raw().readToEnd();
        }
      }
      await().atMost(SOON).until(() -> node.node.connections() == 0);
      assertThat(node.node.clients()).isZero();
      assertThat(node.meters.get("doppelfleet.waiting").gauge().value()).isZero();
    }
  }

  @Test
  void aNodeThatStopsWhileBytesWaitEndsThem() throws Exception {
    TestNode node = TestNode.start(state);
    for (int i = 0; i < 20; i++) {
      TestNode.Relayed relayed = node.relayed();
      relayed.say(new byte[10]);
      relayed.client().close();
    }
    node.close();
    assertThat(node.node.connections()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Shaping.class)
  void aReaderThatPausesMissesNothing(Shaping shaping) throws Exception {
    try (TestNode node = TestNode.start(state, shaping)) {
      TestNode.Relayed relayed = node.relayed();
      byte[] down = bytes(12_000_000);
      Thread sender = saying(relayed, down, 50_000, Duration.ZERO);
      int at = 0;
      for (int pause = 0; pause < 12; pause++) {
        Thread.sleep(100);
        byte[] heard = relayed.client().hear(1_000_000);
        assertThat(java.util.Arrays.equals(heard, 0, heard.length, down, at, at + heard.length))
            .isTrue();
        at += heard.length;
      }
      sender.join();
      relayed.client().close();
    }
  }

  private static Thread saying(
      TestNode.Relayed relayed, byte[] bytes, int piece, Duration between) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                for (int at = 0; at < bytes.length; at += piece) {
                  int end = Math.min(bytes.length, at + piece);
                  relayed.say(java.util.Arrays.copyOfRange(bytes, at, end));
                  Thread.sleep(between);
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  /** The payload lengths of the records that carry so many bytes. */
  private static List<Integer> records(RawSocket socket, int bytes) throws IOException {
    List<Integer> lengths = new ArrayList<>();
    int heard = 0;
    while (heard < bytes) {
      byte[] header = socket.read(5);
      if (header.length < 5) {
        throw new EOFException("the stream ended after " + heard + " bytes");
      }
      int length = ((header[3] & 0xff) << 8) | (header[4] & 0xff);
      socket.read(length);
      lengths.add(length);
      heard += length;
    }
    return lengths;
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
