package io.doppelfleet.standin.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RawServerTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private RawServer server;
  private RawSocket client;
  private RawSocket peer;

  @BeforeEach
  void connect() throws Exception {
    server = RawServer.start();
    client = RawSocket.connect(server.address());
    peer = server.take(SOON);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void aHalfClosedPeerIsStillAnswered() throws Exception {
    client.send(new byte[] {1});
    client.halfClose();

    assertThat(peer.readToEnd()).extracting(RawSocket.Rest::ending).isEqualTo(Ending.FIN);
    peer.send(new byte[] {2, 3});
    assertThat(client.read(2)).containsExactly(2, 3);
  }

  @Test
  void aResetIsSeenAsOne() throws Exception {
    peer.reset();

    assertThat(client.readToEnd().ending()).isEqualTo(Ending.RST);
  }

  @Test
  void aCloseWithBytesUnreadIsAnEndToTheReaderAndAResetToTheWriter() throws Exception {
    client.send(new byte[10]);
    await().atMost(SOON).until(() -> peer.socket().getInputStream().available() == 10);
    peer.close();

    assertThat(client.readToEnd().ending()).isEqualTo(Ending.FIN);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> client.send(new byte[1])).isInstanceOf(IOException.class));
  }

  @Test
  void segmentsThatAreApartAreReadApart() throws Exception {
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    client.send(new byte[] {1, 2, 3}, 2, Duration.ofMillis(100));
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });

    assertThat(peer.read()).containsExactly(1, 2);
    assertThat(peer.isQuiet(Duration.ofMillis(20))).isTrue();
    assertThat(peer.read()).containsExactly(3);
    sender.join();
  }

  @Test
  void connectionsAreCounted() throws Exception {
    try (RawSocket second = RawSocket.connect(server.address())) {
      server.take(SOON);

      assertThat(server.accepted()).isEqualTo(2);
      assertThat(second.isQuiet(Duration.ofMillis(10))).isTrue();
    }
  }

  /** Also where the thread that takes connections has no processor when it is told to stop. */
  @Test
  void onceItIsClosedNobodyIsTaken() throws Exception {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
      Thread.ofVirtual()
          .start(
              () -> {
                while (System.nanoTime() - end < 0) {
                  Thread.onSpinWait();
                }
              });
    }
    Thread.sleep(20);
    server.close();

    assertThatThrownBy(() -> RawSocket.connect(server.address()).close())
        .isInstanceOf(IOException.class);
  }
}
