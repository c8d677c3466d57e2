package io.doppelfleet.bench.yardstick;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PlainRelayTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void bytesPassBothWaysAtEverySizeOfReads() throws Exception {
    byte[] content = new byte[1_000_000];
    new Random(1).nextBytes(content);
    try (RawServer far = RawServer.start();
        PlainRelay relay = PlainRelay.start(far.address(), List.of(16 * 1024, 256 * 1024))) {
      for (var address : relay.addresses()) {
        try (RawSocket client = RawSocket.connect(address);
            RawSocket server = far.take(SOON)) {
          Thread up = Thread.ofVirtual().start(() -> send(client, content));
          assertThat(server.read(content.length)).isEqualTo(content);
          up.join();
          Thread down = Thread.ofVirtual().start(() -> send(server, content));
          assertThat(client.read(content.length)).isEqualTo(content);
          down.join();
        }
      }
    }
  }

  @Test
  void theEndOfOneSideEndsTheOtherAfterWhatItSent() throws Exception {
    try (RawServer far = RawServer.start();
        PlainRelay relay = PlainRelay.start(far.address(), List.of(16 * 1024));
        RawSocket client = RawSocket.connect(relay.addresses().getFirst());
        RawSocket server = far.take(SOON)) {
      client.send(new byte[] {0});
      assertThat(server.read(1)).containsExactly(0);
      client.send(new byte[] {1, 2, 3});
      client.close();

      RawSocket.Rest rest = server.readToEnd();

      assertThat(rest.bytes()).containsExactly(1, 2, 3);
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
  }

  private static void send(RawSocket socket, byte[] content) {
    try {
      socket.send(content);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
