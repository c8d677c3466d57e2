package io.doppelfleet.fleet.link;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What an end of a link says, piece by piece as the other takes it: what waits is not copied, so
 * one frame may wait on many links. A clock's ticks give way to all else. Belongs to the socket's
 * event loop.
 */
public final class Outbox {
  /** Ticks that may wait for a slow reader: of some seconds. */
  private static final int MOST_TICKS = 50;

  private static final int PIECE = 64 << 10;

  private final NetSocket socket;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Buffer> ticks = new ArrayDeque<>();

  /** Bytes of the first that the socket has. */
  private int written;

  private record Waiting(Buffer frame, Runnable whenWritten) {}

  /** Takes the socket's drain handler. */
  public Outbox(NetSocket socket) {
    this.socket = socket;
    socket.drainHandler(drained -> pump());
  }

  /**
   * Whether no frame waits but ticks, so that one would be the next to leave. Who asks before each
   * of its frames holds no more than one.
   */
  public boolean isFree() {
    return waiting.isEmpty();
  }

  /** Whether a part of a frame has left: nothing but the rest may follow. */
  public boolean isWithin() {
    return written > 0;
  }

  /**
   * Says a tick of a clock, a short frame, after all that waits, unless too many ticks do.
   *
   * @return whether it does
   */
  public boolean tick(Buffer frame) {
    boolean isRoom = ticks.size() < MOST_TICKS;
    if (isRoom) {
      ticks.add(frame);
      pump();
    }
    return isRoom;
  }

  /** Says this, after what waits, and before the ticks. */
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
    while (!socket.writeQueueFull() && !(waiting.isEmpty() && ticks.isEmpty())) {
      if (waiting.isEmpty()) {
        socket.write(ticks.remove());
      } else {
        piece(waiting.element());
      }
    }
  }

  private void piece(Waiting first) {
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
