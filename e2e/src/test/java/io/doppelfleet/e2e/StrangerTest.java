package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.greeting.Freshness;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is no client meets the cover, byte for byte and close for close. */
final class StrangerTest {
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
  void whatPassedBeforeTheVerdictIsInTheAccountsToo() throws Exception {
    byte[] hello = Hellos.classic(SECRET).withWrongDigest().build().bytes();
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(Arrays.copyOf(hello, 100));
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(100)).hasSize(100);
      site.send(new byte[] {1, 2, 3});
      assertThat(stranger.read(3)).hasSize(3);
      stranger.send(Arrays.copyOfRange(hello, 100, hello.length));
      assertThat(site.read(hello.length - 100)).hasSize(hello.length - 100);
      await().atMost(SOON).until(() -> relayed("up") == hello.length && relayed("down") == 3);
      site.close();
    }
  }

  private double relayed(String direction) {
    return node.meters
        .get("doppelfleet.relayed")
        .tags("kind", "stranger", "direction", direction)
        .functionCounter()
        .count();
  }

  @Test
  void garbageReachesTheCoverAtOnce() throws Exception {
    spliced("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void oneByteOfGarbageReachesTheCover() throws Exception {
    spliced(new byte[] {'G'});
  }

  @Test
  void aRecordThatIsTooLongReachesTheCover() throws Exception {
    spliced(new byte[] {0x16, 3, 1, (byte) 0xff, (byte) 0xff, 1});
  }

  @Test
  void anEmptyRecordReachesTheCover() throws Exception {
    spliced(new byte[] {0x16, 3, 1, 0, 0});
  }

  @Test
  void aWrongDigestMeetsTheCover() throws Exception {
    spliced(Hellos.classic(SECRET).withWrongDigest().build().bytes());
  }

  @Test
  void aStaleHelloMeetsTheCover() throws Exception {
    spliced(Hellos.classic(SECRET).at(Instant.now().minusSeconds(130)).build().bytes());
    spliced(Hellos.hybrid(SECRET).at(Instant.now().plusSeconds(130)).build().bytes());
  }

  @Test
  void whereAllClientsAreStaleTheOperatorIsToldAndNotWhoTheyAre() throws Exception {
    try (Told told = new Told(Freshness.class)) {
      for (int client = 0; client < 25; client++) {
        spliced(Hellos.classic(SECRET).at(Instant.now().minusSeconds(7200)).build().bytes());
      }
      assertThat(told.lines())
          .singleElement()
          .asString()
          .startsWith("this machine's clock or the clients' is wrong: of the last 20 hellos")
          .endsWith(": turn time synchronisation on")
          .doesNotContain("127.0.0.1", "alice", SECRET.host());
    }
    assertThat(
            node.meters
                .get("doppelfleet.phase.failures")
                .tags("phase", "greeting", "reason", "stale")
                .counter()
                .count())
        .isEqualTo(25);
  }

  @Test
  void aForeignNameMeetsTheCover() throws Exception {
    spliced(Hellos.classic(SECRET).withSni("other.example").build().bytes());
    spliced(Hellos.classic(SECRET).withoutSni().build().bytes());
  }

  @Test
  void aGoodDigestOverAKeyShareThatIsNoneMeetsTheCover() throws Exception {
    byte[] hello = Hellos.hybrid(SECRET).build().bytes();
    byte[] head = {0x11, (byte) 0xec, 0x04, (byte) 0xc0}; // X25519MLKEM768, 1216 bytes
    int share = 0;
    while (!Arrays.equals(hello, share, share + 4, head, 0, 4)) {
      share++;
    }
    // Coefficients of 4095 are not below 3329, FIPS 203, 7.2.
    Arrays.fill(hello, share + 4, share + 4 + 1184, (byte) 0xff);
    ByteBuffer random = ByteBuffer.wrap(hello, 11, 32).slice().order(ByteOrder.LITTLE_ENDIAN);
    random.put(new byte[32]);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TestNode.KEY, "HmacSHA256"));
    byte[] digest = mac.doFinal(hello);
    int time = (int) Instant.now().getEpochSecond();
    random.put(0, digest).putInt(28, random.getInt(28) ^ time);
    spliced(hello);
  }

  @Test
  void tls12MeetsTheCover() throws Exception {
    spliced(Hellos.classic(SECRET).withoutTls13().build().bytes());
  }

  @Test
  void aReplayMeetsTheCoverAlsoAfterARestart() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    try (RawSocket first = node.connectRaw()) {
      first.send(hello);
      assertThat(first.read(1)).containsExactly(0x16);
    }
    spliced(hello);
    nothingIsLeft();
    start();
    spliced(hello);
  }

  @Test
  void aReplayWithItsTimeRewrittenMeetsTheCover() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    try (RawSocket first = node.connectRaw()) {
      first.send(hello);
      assertThat(first.read(1)).containsExactly(0x16);
    }
    byte[] rewritten = hello.clone();
    rewritten[11 + 28] ^= 1; // the lowest bit of the time
    spliced(rewritten);
  }

  @Test
  void halfAHelloReachesTheCoverAfterAWhile() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    byte[] half = Arrays.copyOf(hello, 200);
    spliced(half);
  }

  @Test
  void silenceMeetsTheCover() throws Exception {
    try (RawSocket stranger = node.connectRaw()) {
      RawSocket site = node.cover.take(SOON);
      site.close();
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aHalfCloseReachesTheCoverAndItsAnswerComesBack() throws Exception {
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'a', 'b'});
      stranger.halfClose();
      RawSocket site = node.cover.take(SOON);
      assertThat(site.readToEnd().bytes()).containsExactly('a', 'b');
      site.send(new byte[] {'c'});
      site.close();
      RawSocket.Rest rest = stranger.readToEnd();
      assertThat(rest.bytes()).containsExactly('c');
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aResetPassesOnBothWays() throws Exception {
    RawSocket stranger = node.connectRaw();
    stranger.send(new byte[] {'a'});
    RawSocket site = node.cover.take(SOON);
    assertThat(site.read(1)).containsExactly('a');
    stranger.reset();
    assertThat(site.readToEnd().ending()).isEqualTo(Ending.RST);
    try (RawSocket second = node.connectRaw()) {
      second.send(new byte[] {'a'});
      RawSocket other = node.cover.take(SOON);
      assertThat(other.read(1)).containsExactly('a');
      other.reset();
      assertThat(second.readToEnd().ending()).isEqualTo(Ending.RST);
    }
  }

  @Test
  void aLargeAnswerOfACoverThatClosesAtOnceArrivesWhole() throws Exception {
    byte[] page = new byte[3_000_000];
    TestNode.RANDOM.nextBytes(page);
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'x'});
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(1)).containsExactly('x');
      Thread server =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      site.send(page);
                      site.close();
                    } catch (java.io.IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      assertThat(stranger.readToEnd().bytes()).isEqualTo(page);
      server.join();
    }
  }

  @Test
  void aCoverThatIsDownIsAResetToTheStranger() throws Exception {
    node.cover.close();
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(new byte[] {'x'});
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.RST);
    }
  }

  @Test
  void theHelloOfAClientNeverReachesTheCover() throws Exception {
    TestNode.Relayed relayed = node.relayed();
    Thread.sleep(Duration.ofMillis(400));
    assertThat(node.cover.accepted()).isZero();
    relayed.client().close();
  }

  private void spliced(byte[] bytes) throws Exception {
    try (RawSocket stranger = node.connectRaw()) {
      stranger.send(bytes);
      RawSocket site = node.cover.take(SOON);
      assertThat(site.read(bytes.length)).isEqualTo(bytes);
      byte[] answer = {21, 3, 3, 0, 2, 2, 50};
      site.send(answer);
      assertThat(stranger.read(answer.length)).isEqualTo(answer);
      site.close();
      assertThat(stranger.readToEnd().ending()).isEqualTo(Ending.FIN);
    }
  }
}
