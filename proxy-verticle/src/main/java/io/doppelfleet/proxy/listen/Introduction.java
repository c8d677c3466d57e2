package io.doppelfleet.proxy.listen;

import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyHeader;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the PROXY protocol header of a router. Who sends something else, or nothing, is closed:
 * without it nobody knows whose the connection is.
 */
public final class Introduction implements LegHandler {
  /** The reason where something else comes, or a header that is not taken. */
  public static final String NO_HEADER = "no header";

  /** For the header, which routers send at once. */
  private static final int PATIENCE_MILLIS = 5_000;

  private final Leg near;
  private final Ends router;
  private final Next next;
  private final ScheduledFuture<?> patience;
  private @Nullable ByteBuf all;
  private int accounted;

  /** Where it goes from here. Exactly one is called. */
  public interface Next {
    /**
     * It is known who comes.
     *
     * @param ends what the header says, or the router's own where it speaks for itself
     * @param rest what follows the header; the receiver owns it
     */
    void introduced(Ends ends, ByteBuf rest);

    /** The leg was closed, or is gone. */
    void nobody(String reason);
  }

  private Introduction(Leg near, Ends router, Next next) {
    this.near = near;
    this.router = router;
    this.next = next;
    this.patience =
        near.loop().schedule(() -> end("silence"), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes over a leg that was not read yet.
   *
   * @param router the connection's own ends
   */
  public static void await(Leg near, Ends router, Next next) {
    near.handTo(new Introduction(near, router, next));
    near.read();
  }

  @Override
  public void received(ByteBuf bytes) {
    ByteBuf joined = join(bytes);
    switch (ProxyHeader.read(joined)) {
      case ProxyHeader.Reading.NeedsMore more -> near.read();
      case ProxyHeader.Reading.Malformed malformed -> end(NO_HEADER);
      case ProxyHeader.Reading.Whole whole -> {
        ByteBuf rest = joined.skipBytes(whole.length()).retain();
        release();
        Ends said = whole.ends();
        near.handTo(NOBODY);
        next.introduced(said == null ? router : said, rest);
      }
    }
  }

  private ByteBuf join(ByteBuf bytes) {
    ByteBuf before = all;
    ByteBuf joined = bytes;
    if (before != null) {
      int length = before.readableBytes() + bytes.readableBytes();
      joined = Buffers.POOLED.directBuffer(length).writeBytes(before).writeBytes(bytes);
      before.release();
      bytes.release();
    }
    all = joined;
    account(joined.capacity());
    return joined;
  }

  private void account(int now) {
    near.bytes().add(now - accounted);
    accounted = now;
  }

  private void release() {
    patience.cancel(false);
    account(0);
    ByteBuf bytes = all;
    all = null;
    if (bytes != null) {
      bytes.release();
    }
  }

  private void end(String reason) {
    release();
    near.close();
    next.nobody(reason);
  }

  @Override
  public void ended() {
    end("left");
  }

  @Override
  public void drained() {}

  @Override
  public void gone() {
    release();
    next.nobody("left");
  }
}
