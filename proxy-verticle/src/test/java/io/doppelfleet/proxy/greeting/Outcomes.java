package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What becomes of those who come to a greeter, in words. Clients are answered, and that is all. */
final class Outcomes implements Greeter.Next {
  private static final int PATIENCE_SECONDS = 20;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final AtomicInteger undecided = new AtomicInteger();
  private volatile byte[] rest = {};

  /** The next one; null where there is none in time. */
  @Nullable String next() throws InterruptedException {
    return told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Whether {@link #next} has told all. */
  boolean isEmpty() {
    return told.isEmpty();
  }

  /** Those of whom it isn't known yet whose they are. */
  int undecided() {
    return undecided.get();
  }

  /** What the client that was served last sent after its hello. */
  byte[] rest() {
    return rest;
  }

  @Override
  public void serve(Leg near, Guest guest, byte[] flight, long due, ByteBuf bytes) {
    rest = ByteBufUtil.getBytes(bytes);
    bytes.release();
    near.handTo(LegHandler.NOBODY);
    near.write(Unpooled.copiedBuffer(flight));
    near.flush();
    told.add("serves " + guest.secret().name());
  }

  @Override
  public void refused(String reason) {
    told.add("refuses: " + reason);
  }

  @Override
  public void wentShort(boolean ofCrowd) {
    told.add(ofCrowd ? "short: crowd" : "short: no room");
  }

  @Override
  public void undecided(int change) {
    undecided.addAndGet(change);
  }
}
