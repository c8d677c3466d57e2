package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which it isn't known yet whose it is. It owns the near leg, after a while a leg
 * to the cover, and the bytes so far. It ends exactly once: as a client's, which then goes on to
 * the welcome, or as a stranger's, which is spliced to the cover; or the near end leaves.
 */
final class Undecided implements LegHandler {
  /**
   * When the cover is dialled though the hello may still come: so that the cover's own time-outs
   * run, and its own answers come, for who sends half a hello or nothing. Most clients' hellos are
   * there before.
   */
  private static final long DIAL_AFTER_MILLIS = 200;

  /** While the cover is down: when it is tried again, and how often. */
  private static final long REDIAL_AFTER_MILLIS = 5_000;

  private static final int MOST_DIALS = 12;

  private final Leg near;
  private final InetSocketAddress from;
  private final Greeter greeter;
  private final Splices splices;
  private ScheduledFuture<?> dialTimer;
  private int failedDials;
  private @Nullable ByteBuf soFar;
  private Dialler.@Nullable Dial coverDial;
  private @Nullable Leg cover;
  private boolean dialling;
  private boolean searching;
  private boolean stranger;
  private boolean over;

  /** How many of the bytes so far the cover has. */
  private int forwarded;

  Undecided(Leg near, InetSocketAddress from, Greeter greeter, Splices splices) {
    this.near = near;
    this.from = from;
    this.greeter = greeter;
    this.splices = splices;
    this.dialTimer = near.loop().schedule(this::dial, DIAL_AFTER_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void received(ByteBuf bytes) {
    ByteBuf all = soFar == null ? bytes : append(soFar, bytes);
    soFar = all;
    if (stranger || searching) {
      return; // one read of what may follow is held; the rest waits in the kernel
    }
    switch (HelloReader.read(all)) {
      case HelloReader.Reading.NeedsMore more -> {
        forward();
        near.read();
      }
      case HelloReader.Reading.NoHello no -> toCover("no hello");
      case HelloReader.Reading.Whole whole -> judge(whole);
    }
  }

  private static ByteBuf append(ByteBuf all, ByteBuf bytes) {
    ByteBuf joined = all;
    if (all.writableBytes() < bytes.readableBytes()) {
      int length = all.readableBytes() + bytes.readableBytes();
      joined = Buffers.POOLED.directBuffer(Math.max(2048, length + length / 2)).writeBytes(all);
      all.release();
    }
    joined.writeBytes(bytes);
    bytes.release();
    return joined;
  }

  private void judge(HelloReader.Reading.Whole whole) {
    searching = true;
    greeter
        .judge(whole.hello(), from, near)
        .onComplete(
            judged -> {
              searching = false;
              if (over || stranger) {
                return;
              }
              switch (judged.succeeded() ? judged.result() : new Verdict.Stranger("error")) {
                case Verdict.Client client -> toClient(client, whole.length());
                case Verdict.Stranger reason -> toCover(reason.reason());
              }
            });
  }

  private void toClient(Verdict.Client client, int helloLength) {
    finish();
    Leg unused = cover;
    if (unused != null) {
      unused.close();
    }
    ByteBuf rest = take();
    rest.skipBytes(helloLength);
    greeter.serve(near, client, rest);
  }

  private void toCover(String reason) {
    stranger = true;
    greeter.refused(reason);
    Leg open = cover;
    if (open != null) {
      splice(open);
    } else {
      dial();
    }
  }

  private void dial() {
    if (over || dialling || (searching && !stranger)) {
      return; // who is being searched for is a client or dials with the verdict
    }
    dialling = true;
    try {
      Dialler.Dial dial = splices.dial(from, new FromCover());
      coverDial = dial;
      dial.result().onComplete(dialled -> dialled(dialled));
    } catch (IOException e) {
      dialled(Future.failedFuture(e));
    }
  }

  private void dialled(AsyncResult<Leg> dialled) {
    if (dialled.failed()) {
      // A site that is down refuses; who may still be a client has a minute to show it.
      if (stranger || ++failedDials == MOST_DIALS) {
        finish();
        near.reset();
        take().release();
      } else {
        dialling = false;
        dialTimer = near.loop().schedule(this::dial, REDIAL_AFTER_MILLIS, TimeUnit.MILLISECONDS);
      }
      return;
    }
    Leg leg = dialled.result();
    cover = leg;
    if (stranger) {
      splice(leg);
    } else {
      forward();
      leg.read();
    }
  }

  /** Gives the cover what it may have before the verdict: all of an unfinished hello. */
  private void forward() {
    Leg open = cover;
    ByteBuf bytes = soFar;
    if (open != null && bytes != null && !searching && bytes.readableBytes() > forwarded) {
      open.write(
          bytes.retainedSlice(bytes.readerIndex() + forwarded, bytes.readableBytes() - forwarded));
      open.flush();
      forwarded = bytes.readableBytes();
    }
  }

  private void splice(Leg open) {
    finish();
    ByteBuf rest = take();
    rest.skipBytes(forwarded);
    splices.splice(near, open, rest);
  }

  private ByteBuf take() {
    ByteBuf bytes = soFar;
    soFar = null;
    return bytes != null ? bytes : Buffers.POOLED.directBuffer(0, 0);
  }

  private void finish() {
    over = true;
    dialTimer.cancel(false);
    Dialler.Dial unfinished = coverDial;
    if (unfinished != null) {
      unfinished.cancel(); // does nothing to one that came through
    }
    greeter.decided();
  }

  @Override
  public void ended() {
    if (!stranger && !over && !searching) {
      toCover("half-closed");
    }
  }

  @Override
  public void drained() {}

  @Override
  public void gone() {
    if (over) {
      return;
    }
    finish();
    take().release();
    Leg open = cover;
    if (open != null) {
      open.reset();
    }
  }

  /** What the cover does before the verdict; its first word makes the near end a stranger. */
  private final class FromCover implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      near.write(bytes);
      near.flush();
      if (!stranger && !over) {
        toCover("the cover spoke");
      }
    }

    @Override
    public void ended() {
      if (!stranger && !over) {
        toCover("the cover spoke");
      }
    }

    @Override
    public void drained() {}

    @Override
    public void gone() {
      if (!over) {
        finish();
        take().release();
        near.reset();
      }
    }
  }

  /** What was found out. */
  sealed interface Verdict {
    /**
     * A client with a live secret.
     *
     * @param secret whose key made the hello
     * @param flight the answer to it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Client(LiveSecret secret, byte[] flight) implements Verdict {}

    /**
     * Anybody else.
     *
     * @param reason in two words, for the metrics
     */
    record Stranger(String reason) implements Verdict {}
  }
}
