package io.doppelfleet.standin.datacenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.LoadContent;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.doppelfleet.standin.wire.SinkReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoadTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int MEGABYTE = 1 << 20;

  /** More than the kernel's buffers of two connections and the stand-in's own hold. */
  private static final long MOST_IN_KERNEL = 64 * MEGABYTE;

  private static final DatacenterKey KEY = DatacenterKey.generate();

  private StandInDatacenter datacenter;

  @BeforeEach
  void start() throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    datacenter = StandInDatacenter.start(List.of(free, free), KEY, 1);
  }

  @AfterEach
  void stop() {
    datacenter.close();
  }

  @Test
  void aStreamHasTheContentThatWasAskedForAndAnotherMayFollow() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      for (int count : new int[] {0, 1, LoadContent.BLOCK_LENGTH, 5 * MEGABYTE + 3}) {
        client.send(LoadRequest.stream(count));
        CRC32C crc = new CRC32C();
        crc.update(client.read(count));
        assertThat((int) crc.getValue()).isEqualTo(LoadContent.crc32c(count));
      }
    }
  }

  @Test
  void aSinkReportsWhatItGotAndAnotherMayFollow() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      for (int count : new int[] {0, 1, 3 * MEGABYTE + 1}) {
        client.send(LoadRequest.sink(count));
        client.send(content(count));
        assertThat(SinkReport.decode(client.read(SinkReport.LENGTH)))
            .isEqualTo(new SinkReport(LoadContent.crc32c(count), count));
      }
    }
  }

  @Test
  void aSinkThatIsCutShortReportsWhatItGotAndCloses() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      client.send(LoadRequest.sink(1_000));
      client.send(content(600));
      client.socket.halfClose();
      byte[] all = client.read(SinkReport.LENGTH + 1);
      assertThat(SinkReport.decode(all)).isEqualTo(new SinkReport(LoadContent.crc32c(600), 600));
    }
  }

  @Test
  void aStreamGoesOnAfterTheClientsHalfClose() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      client.send(LoadRequest.stream(5 * MEGABYTE));
      client.socket.halfClose();
      assertThat(client.read(6 * MEGABYTE)).hasSize(5 * MEGABYTE);
    }
  }

  @Test
  void anEchoReturnsAllAndClosesAfterTheHalfClose() throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      byte[] sent = content(4 * MEGABYTE);
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.send(LoadRequest.echo());
                      client.send(sent);
                      client.socket.halfClose();
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      assertThat(Arrays.equals(client.read(sent.length + 1), sent)).isTrue();
      sender.join(SOON);
    }
  }

  @Test
  void whoReadsNothingIsAskedForNoMore() throws Exception {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      client.send(LoadRequest.echo());
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (sent.get() < MOST_IN_KERNEL) {
                        client.send(new byte[64 * 1024]);
                        sent.addAndGet(64 * 1024);
                      }
                    } catch (IOException e) {
                      // The test is over, and its socket closed.
                    }
                  });
      assertThat(sender.join(Duration.ofMillis(700))).isFalse();
      assertThat(sent.get()).isLessThan(MOST_IN_KERNEL);
    }
  }

  @Test
  void aBrokenRequestIsAnsweredByTheEnd() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      byte[] request = LoadRequest.echo().encode();
      request[4] = 9;
      client.send(request);
      assertThat(client.socket.readToEnd().bytes()).isEmpty();
    }
  }

  @Test
  void theArrivalsAreKnownAtEachAddress() throws IOException {
    try (TestClient one =
            TestClient.connect(datacenter.addresses().getFirst(), Obfuscated2.ABRIDGED, -4);
        TestClient two =
            TestClient.connect(datacenter.addresses().getLast(), Obfuscated2.INTERMEDIATE, 203)) {
      await().atMost(SOON).until(() -> datacenter.arrivals().size() == 2);
      assertThat(datacenter.arrivals())
          .containsExactlyInAnyOrder(
              new Arrival(-4, Obfuscated2.ABRIDGED), new Arrival(203, Obfuscated2.INTERMEDIATE));
      assertThat(datacenter.connections()).isEqualTo(2);
      one.close();
      two.close();
      await().atMost(SOON).until(() -> datacenter.connections() == 0);
    }
  }

  @Test
  void whoEndsBeforeTheFirstMessageIsClosed() throws IOException {
    try (RawSocket inTheHeader = RawSocket.connect(datacenter.address());
        TestClient afterIt = TestClient.connect(datacenter.address())) {
      inTheHeader.send(new byte[63]);
      inTheHeader.halfClose();
      assertThat(inTheHeader.readToEnd().ending()).isEqualTo(Ending.FIN);
      afterIt.socket.halfClose();
      assertThat(afterIt.socket.readToEnd().ending()).isEqualTo(Ending.FIN);
    }
  }

  @Test
  void aHeaderOfAnUnknownTagIsAnsweredByTheEnd() throws IOException {
    try (var socket = RawSocket.connect(datacenter.address())) {
      socket.send(new byte[64]);
      assertThat(socket.readToEnd().bytes()).isEmpty();
      assertThat(datacenter.arrivals()).isEmpty();
    }
  }

  @Test
  void resetCutsWithRst() throws IOException {
    try (TestClient client = TestClient.connect(datacenter.address())) {
      client.send(LoadRequest.stream(1));
      client.read(1);
      datacenter.reset();
      assertThat(client.socket.readToEnd().ending()).isEqualTo(Ending.RST);
    }
  }

  @Test
  void aSilentDatacenterReadsAndAnswersNothing() throws IOException {
    datacenter.silent(true);
    try (TestClient client = TestClient.connect(datacenter.address())) {
      client.send(LoadRequest.stream(1));
      assertThat(client.socket.isQuiet(Duration.ofMillis(300))).isTrue();
      assertThat(datacenter.arrivals()).hasSize(1);
    }
  }

  private static byte[] content(int count) {
    byte[] content = new byte[count];
    for (int at = 0; at < count; at += LoadContent.BLOCK_LENGTH) {
      LoadContent.copy(at, content, at, Math.min(LoadContent.BLOCK_LENGTH, count - at));
    }
    return content;
  }
}
