package io.doppelfleet.fleet.link;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What an end of a link says, piece by piece as the other takes it: what waits is not copied, so
 * one frame may wait on many links. A clock's ticks give way to all else, and what a newer frame
 * replaces to them. Belongs to the socket's event loop.
 */
public final class Outbox {
  /** Ticks that may wait for a slow reader: of some seconds. */
  private static final int MOST_TICKS = 50;

  private static final int PIECE = 64 << 10;

  private final NetSocket socket;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<Buffer> ticks = new ArrayDeque<>();

  /** What leaves where nothing else waits. */
  private @Nullable Buffer newest;

  /** One of these of which a part has left. */
  private @Nullable Buffer leaving;

  /** Bytes that the socket has, of {@link #leaving} or else the first that waits. */
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

  /**
   * Says this where nothing else waits, in place of the last one that was said so and still does:
   * it makes nobody who asks {@link #isFree} miss a turn.
   */
  public void sayNewest(Buffer frame) {
    newest = frame;
    pump();
  }

  private void pump() {
    boolean isMore = true;
    while (isMore && !socket.writeQueueFull()) {
      isMore = next();
    }
  }

  /** Whether there was something. */
  private boolean next() {
    Buffer rest = leaving;
    if (rest != null) {
      if (piece(rest)) {
        leaving = null;
      }
    } else if (!waiting.isEmpty()) {
      if (piece(waiting.element().frame)) {
        waiting.remove().whenWritten.run();
      }
    } else if (!ticks.isEmpty()) {
      socket.write(ticks.remove());
    } else {
      leaving = newest;
      newest = null;
      return leaving != null;
    }
    return true;
  }

  /** Whether it was the last one. */
  private boolean piece(Buffer frame) {
    int end = Math.min(written + PIECE, frame.length());
    socket.write(frame.slice(written, end));
    boolean isLast = end == frame.length();
    written = isLast ? 0 : end;
    return isLast;
  }
}
