package io.doppelfleet.proxy.scout;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket at a time, whatever is being done with it: a timeout of reads doesn't end a write
 * to one who reads nothing.
 */
final class Deadline implements AutoCloseable {
  private final Thread clock;
  private volatile boolean over;

  /** At this time of {@link System#nanoTime}. */
  Deadline(Socket socket, long end) {
    clock =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
                    over = true;
                    socket.close();
                  } catch (InterruptedException | IOException e) {
                    // It was done in time, or it is closed all the same.
                  }
                });
  }

  /** Whether it came to that. */
  boolean isOver() {
    return over;
  }

  /** There is nothing to close any more. */
  @Override
  public void close() {
    clock.interrupt();
  }
}
