package io.doppelfleet.launcher.oddity;

import java.io.IOException;
import java.net.ServerSocket;

/** Accepts and closes: a cover that is there but speaks no TLS. */
final class ClosingServer implements AutoCloseable {
  private final Thread thread;
  private final ServerSocket socket;

  ClosingServer(ServerSocket socket) {
    this.socket = socket;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    while (true) {
                      socket.accept().close();
                    }
                  } catch (IOException e) {
                    // The test is over.
                  }
                });
  }

  boolean isRunning() {
    return thread.isAlive();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
