package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.KEY;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Group;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.client.ServerFlight;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client with a live secret, from its hello to its end. */
final class ClientTest {
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
  void bytesPassBothWays() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] up = bytes(300_000);
    byte[] down = bytes(400_000);
    Thread sender = beside(() -> relayed.client().say(up, 2878));
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    sender.join();
    Thread answer = beside(() -> relayed.say(down));
    assertThat(relayed.client().hear(down.length)).isEqualTo(down);
    answer.join();
    relayed.client().close();
  }

  @Test
  void nothingIsLostWhereReadersPauseUntilAllKernelsAreFull() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] up = bytes(20_000_000);
    byte[] down = bytes(20_000_000);
    Thread sender = beside(() -> relayed.client().say(up, 16_384));
    Thread answer = beside(() -> relayed.say(down));
    assertThat(sender.join(Duration.ofMillis(300))).as("the way up is full").isFalse();
    assertThat(answer.join(Duration.ofMillis(300))).as("the way down is full").isFalse();
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    assertThat(relayed.client().hear(down.length)).isEqualTo(down);
    sender.join();
    answer.join();
    relayed.client().close();
  }

  @Test
  void aHybridHelloIsAnsweredWithItsGroup() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      ServerFlight flight = client.handshake(Hellos.hybrid(SECRET).build(), 2, RANDOM);
      assertThat(flight.group()).isEqualTo(Group.X25519MLKEM768);
      RawSocket far = node.datacenter.take(SOON);
      assertThat(TestNode.acceptStream(far).datacenter()).isEqualTo(2);
    }
  }

  @Test
  void allThreeTagsAndTheDatacenterPassOn() throws Exception {
    for (int tag :
        List.of(Obfuscated2.PADDED_INTERMEDIATE, Obfuscated2.INTERMEDIATE, Obfuscated2.ABRIDGED)) {
      try (FakeTlsClient client = node.connect()) {
        var hello = Hellos.classic(SECRET).build();
        client.raw().send(hello.bytes());
        client.readFlight(hello);
        client.open(Obfuscated2.open(KEY, tag, -2, RANDOM));
        Obfuscated2 far = TestNode.acceptStream(node.datacenter.take(SOON));
        assertThat(far.tag()).isEqualTo(tag);
        assertThat(far.datacenter()).isEqualTo(-2);
      }
    }
  }

  @Test
  void anUnknownDatacenterGoesToTheFallback() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      client.handshake(Hellos.classic(SECRET).build(), 77, RANDOM);
      assertThat(TestNode.acceptStream(node.datacenter.take(SOON)).datacenter()).isEqualTo(77);
    }
  }

  @Test
  void aHelloInOneByteSegmentsIsServed() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      client.raw().send(hello.bytes(), 1, Duration.ofMillis(1));
      client.readFlight(hello);
    }
  }

  /** RFC 4343: names are the same in whatever case. */
  @Test
  void aHelloWithItsHostNameInUpperCaseIsServed() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).withSni("Cover.EXAMPLE").build();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
    }
  }

  @Test
  void aHelloInSeveralRecordsIsServed() throws Exception {
    for (int[] lengths : new int[][] {{1}, {4, 1, 100}, {200, 1, 1, 300}}) {
      try (FakeTlsClient client = node.connect()) {
        var hello = Hellos.hybrid(SECRET).build();
        client.raw().send(hello.inRecords(lengths));
        client.readFlight(hello);
      }
    }
  }

  @Test
  void aFirstFrameInPiecesIsOneFrame() throws Exception {
    try (FakeTlsClient client = node.connect()) {
      var hello = Hellos.classic(SECRET).build();
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      Obfuscated2 stream = Obfuscated2.open(hello.key(), Obfuscated2.INTERMEDIATE, 2, RANDOM);
      // The 64 bytes and what follows in records of seven, those in segments of three.
      byte[] first = new byte[64 + 5];
      System.arraycopy(stream.header(), 0, first, 0, 64);
      byte[] said = {1, 2, 3, 4, 5};
      byte[] sealed = said.clone();
      stream.encrypt(sealed, 0, sealed.length);
      System.arraycopy(sealed, 0, first, 64, sealed.length);
      client.raw().send(ClientRecords.records(first, 7), 3, Duration.ofMillis(1));
      RawSocket datacenter = node.datacenter.take(SOON);
      Obfuscated2 arrived = TestNode.acceptStream(datacenter);
      byte[] heard = datacenter.read(said.length);
      arrived.decrypt(heard, 0, heard.length);
      assertThat(heard).isEqualTo(said);
      datacenter.close();
    }
  }

  @Test
  void recordsOf65535BytesPass() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] up = bytes(3 * 65_535 + 1);
    Thread sender = beside(() -> relayed.client().say(up, 65_535));
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    sender.join();
    relayed.client().close();
    relayed.socket().close();
  }

  @Test
  void recordsOf64000BytesWithTheirHeadersSplitPass() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] up = bytes(200_000);
    byte[] sealed = relayed.client().sealed(up, 64_000);
    Thread sender =
        beside(
            () -> {
              int at = 0;
              while (at < sealed.length) {
                // Two bytes of each header, then the rest with the next one's first two.
                int end = Math.min(sealed.length, at == 0 ? 2 : at + 64_005);
                relayed.client().raw().send(Arrays.copyOfRange(sealed, at, end));
                Thread.sleep(5);
                at = end;
              }
            });
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    sender.join();
    relayed.client().close();
  }

  @Test
  void aHalfCloseOfTheDatacenterReachesTheClientAfterAllBytes() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] down = bytes(100_000);
    Thread answer =
        beside(
            () -> {
              relayed.say(down);
              relayed.socket().halfClose();
            });
    assertThat(relayed.client().hear(down.length)).isEqualTo(down);
    assertThat(relayed.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    answer.join();
    // The other direction still works.
    relayed.client().say(new byte[] {1, 2, 3}, 100);
    assertThat(relayed.heard(3)).containsExactly(1, 2, 3);
    relayed.client().close();
  }

  @Test
  void aHalfCloseOfTheClientReachesTheDatacenterAndItsAnswerComesBack() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    byte[] up = bytes(100_000);
    Thread sender =
        beside(
            () -> {
              relayed.client().say(up, 2878);
              relayed.client().raw().halfClose();
            });
    assertThat(relayed.heard(up.length)).isEqualTo(up);
    RawSocket.Rest rest = relayed.socket().readToEnd();
    assertThat(rest.bytes()).isEmpty();
    assertThat(rest.ending()).isEqualTo(Ending.FIN);
    sender.join();
    byte[] down = bytes(100_000);
    relayed.say(down);
    assertThat(relayed.client().hear(down.length)).isEqualTo(down);
    relayed.socket().close();
    assertThat(relayed.client().raw().readToEnd().ending()).isEqualTo(Ending.FIN);
  }

  @Test
  void aResetOfTheDatacenterResetsTheClient() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    relayed.socket().reset();
    assertThat(relayed.client().raw().readToEnd().ending()).isEqualTo(Ending.RST);
  }

  @Test
  void aResetOfTheClientResetsTheDatacenter() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    relayed.client().raw().reset();
    assertThat(relayed.socket().readToEnd().ending()).isEqualTo(Ending.RST);
  }

  @Test
  void aDatacenterThatIsGoneInMidRecordEndsTheClientTheSameWay() throws Exception {
    for (boolean reset : new boolean[] {true, false}) {
      TestNode.Relayed relayed = node.relayed();
      byte[] record = relayed.client().sealed(bytes(1000), 1000);
      relayed.client().raw().send(Arrays.copyOf(record, 500));
      assertThat(relayed.heard(495)).hasSize(495);
      if (reset) {
        relayed.socket().reset();
      } else {
        relayed.socket().close();
      }
      RawSocket.Rest rest = relayed.client().raw().readToEnd();
      assertThat(rest.bytes()).isEmpty();
      assertThat(rest.ending()).isEqualTo(reset ? Ending.RST : Ending.FIN);
      relayed.client().close();
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  /** While the test goes on, which waits for what this sends. */
  private static Thread beside(Work work) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
