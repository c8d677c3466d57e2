package io.doppelfleet.fleet.link;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What an end of a link says, piece by piece as the other takes it: what waits is not copied, so
 * one frame may wait on many links. Belongs to the socket's event loop.
 */
public final class Outbox {
  private static final int PIECE = 64 << 10;

  private final NetSocket socket;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** Bytes of the first that the socket has. */
  private int written;

  private record Waiting(Buffer frame, Runnable whenWritten) {}

  /** Takes the socket's drain handler. */
  public Outbox(NetSocket socket) {
    this.socket = socket;
    socket.drainHandler(drained -> pump());
  }

  /**
   * Whether a frame would leave at once. Who asks before each of its frames holds no more than one.
   */
  public boolean isFree() {
    return waiting.isEmpty() && !socket.writeQueueFull();
  }

  /** Whether a part of a frame has left: nothing but the rest may follow. */
  public boolean isWithin() {
    return written > 0;
  }

  /** Says this, after what waits. */
  public void say(Buffer frame) {
    say(frame, () -> {});
  }

  /**
   * The same.
   *
   * @param whenWritten called when it waits here no longer; not where the link ends before
   */
  public void say(Buffer frame, Runnable whenWritten) {
    waiting.add(new Waiting(frame, whenWritten));
    pump();
  }

  private void pump() {
    while (!waiting.isEmpty() && !socket.writeQueueFull()) {
      Waiting first = waiting.element();
      int end = Math.min(written + PIECE, first.frame.length());
      socket.write(first.frame.slice(written, end));
      written = end;
      if (end == first.frame.length()) {
        waiting.remove();
        written = 0;
        first.whenWritten.run();
      }
    }
  }
}
