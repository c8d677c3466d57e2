package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Ends a look from another thread: what blocks it is the one socket that it has open. */
final class Leash {
  private final byte[] first;
  private @Nullable Socket open;
  private boolean pulled;

  /** With what each connection begins with. */
  Leash(byte[] first) {
    this.first = first;
  }

  /** Opened next. */
  synchronized <S extends Socket> S on(S socket) throws IOException {
    if (pulled) {
      socket.close();
      throw new IOException("the node stops");
    }
    open = socket;
    return socket;
  }

  /** Connects it, in this many milliseconds at most, and sends what a connection begins with. */
  void connect(Socket socket, InetSocketAddress to, int millis) throws IOException {
    socket.connect(to, millis);
    if (first.length > 0) {
      socket.getOutputStream().write(first);
    }
  }

  /** Whether the look must end. */
  synchronized boolean pulled() {
    return pulled;
  }

  /** Ends it. */
  synchronized void pull() throws IOException {
    pulled = true;
    if (open != null) {
      open.close();
    }
  }
}
