package io.doppelfleet.control.link;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;

/** When the other end of a link was heard last: who lives says something every two seconds. */
final class Pulse implements Handler<Buffer> {
  /** A beat may be a second late. */
  private static final long ALIVE_NANOS = 3_000_000_000L;

  private final Handler<Buffer> next;
  private long heard;

  /** Of a link whose bytes go on to this one. */
  Pulse(Handler<Buffer> next) {
    this.next = next;
    this.heard = System.nanoTime();
  }

  @Override
  public void handle(Buffer bytes) {
    heard = System.nanoTime();
    next.handle(bytes);
  }

  /** Whether it lives, as far as that can be heard. */
  boolean isThere() {
    return System.nanoTime() - heard < ALIVE_NANOS;
  }
}
