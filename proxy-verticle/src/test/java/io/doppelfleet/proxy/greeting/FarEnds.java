package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** What is seen of a connection from its far end. */
final class FarEnds {
  private FarEnds() {}

  /** These bytes are what comes next. */
  static void expect(Socket at, byte[] bytes) throws IOException {
    assertThat(at.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  /** No byte more comes; a reset is an end too, where it has said what nobody read. */
  static void expectEnd(Socket at) throws IOException {
    try {
      assertThat(at.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** It ends with a reset, and no byte more comes. */
  static void expectReset(Socket at) {
    assertThatThrownBy(() -> at.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  /** Ends it with one. */
  static void reset(Socket socket) throws IOException {
    if (!socket.isClosed()) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
