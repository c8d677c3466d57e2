package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Ends a look from another thread: what blocks it is the one socket that it has open. */
final class Leash {
  private @Nullable Socket open;
  private boolean pulled;

  /** Opened next. */
  synchronized <S extends Socket> S on(S socket) throws IOException {
    if (pulled) {
      socket.close();
      throw new IOException("the node stops");
    }
    open = socket;
    return socket;
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
