package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.leg.ChannelLeg;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.netty.buffer.ByteBuf;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which it isn't known yet whose it is. It owns the near leg, after a while a leg
 * to the cover, and the bytes so far. It ends exactly once: as a client's, which then goes on to
 * the welcome, or as a stranger's, which is spliced to the cover; or the near end leaves.
 *
 * <p>Until the verdict the cover has all that came, as it came, and its first word or its end makes
 * the near end a stranger. So who is slow with a hello meets the cover's patience, and its reset, a
 * slow client too: to the cover and to a prober they are the same, and a prober must not find
 * connections that live on where the cover's don't.
 *
 * <p>A whole hello that waits for its turn has the cover dialled no more: most are clients'. Whose
 * turn has come is judged at once, as a rule. Only while a whole hello's secret is searched for by
 * a worker, or a control is asked what may be used of its limits, is the cover not listened to: it
 * has the hello by then, and a client must not get its answer. A wrong hello's answer so comes as
 * late as the search ends, or as it would have come anyway. That costs the cover a connection,
 * which ends after the hello, for a client whose secret is one of many and who was not here before,
 * for an address that was is known without a search; and for one that a limit has wait.
 */
final class Undecided implements LegHandler {
  /** So often a cover that is down is tried for who says nothing, all the while. */
  private static final int MOST_DIALS = 12;

  /** Just after the start only: when it is asked again whether the cover may be dialled. */
  private static final long UNTIL_COVER_SEEN_MILLIS = 5;

  /** For a whole hello where there is no room; a client's comes within a second, by any network. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private final Leg near;
  private final Ends ends;
  private final ListGate gate;
  private final Seat seat;
  private final Greeter greeter;
  private final Splices splices;
  private final FirstBytes first;
  private final Times times;
  private final FromCover fromCover = new FromCover();
  private ScheduledFuture<?> dialTimer;
  private int failedDials;
  private Dialler.@Nullable Dial coverDial;
  private @Nullable Leg cover;
  private boolean dialling;
  private boolean searching;
  private boolean stranger;
  private boolean over;

  /** Among those of its loop. */
  int place;

  /** Takes the time of the cover's answer, where it may be compared with a client's. */
  private @Nullable AnswerClock clock;

  Undecided(
      Leg near,
      Ends ends,
      ListGate gate,
      Seat seat,
      Greeter greeter,
      Splices splices,
      FirstBytes first,
      Times times) {
    this.near = near;
    this.ends = ends;
    this.gate = gate;
    this.seat = seat;
    this.greeter = greeter;
    this.splices = splices;
    this.first = first;
    this.times = times;
    // Bytes that no hello begins with don't wait for it; a part of one does: large ones come in
    // two.
    this.dialTimer =
        near.loop().schedule(this::timeToDial, times.dialAfterMicros(), TimeUnit.MICROSECONDS);
  }

  /** Whose hello waits for its turn is judged first: a flood of clients must not dial the cover. */
  private void timeToDial() {
    if (!searching) {
      dial();
    }
  }

  @Override
  public void received(ByteBuf bytes) {
    ByteBuf all = first.add(bytes);
    if (stranger || searching) {
      watch(); // of what may follow little is held; the rest waits in the kernel
      return;
    }
    switch (HelloReader.read(all)) {
      case HelloReader.Reading.NeedsMore more -> needsMore();
      case HelloReader.Reading.NoHello no -> toCover("no hello");
      case HelloReader.Reading.Whole whole -> judge(whole);
    }
  }

  private void needsMore() {
    if (first.tooMuch()) {
      toCover("memory");
    } else {
      forward();
      near.read();
    }
  }

  /** A leg that is over by then is guarded from its turn, and from its verdict. */
  private void judge(HelloReader.Reading.Whole whole) {
    searching = true;
    times.helloCame(coverDial != null);
    greeter.inTurn(() -> near.guard(() -> judgeInTurn(whole)), near.loop());
  }

  private void judgeInTurn(HelloReader.Reading.Whole whole) {
    times.judged();
    Future<Verdict> verdict = greeter.judge(whole.hello(), ends.from(), gate, near);
    if (!verdict.isComplete()) {
      hush();
      dial();
      forward();
      watch();
    }
    verdict.onComplete(judged -> near.guard(() -> judged(judged, whole)));
  }

  private void judged(AsyncResult<Verdict> judged, HelloReader.Reading.Whole whole) {
    searching = false;
    switch (judged.succeeded() ? judged.result() : unjudged(judged.cause())) {
      case Verdict.Client client -> toClient(client, whole);
      case Verdict.Stranger reason -> {
        if (times.dialsForHello()) {
          clock = greeter.clock(whole.hello(), ends.from(), times);
        }
        toCover(reason.reason());
      }
    }
  }

  private static Verdict unjudged(Throwable why) {
    return new Verdict.Stranger(why instanceof RejectedExecutionException ? "busy" : "error");
  }

  /** What the cover says from now on stays with it until the verdict. */
  private void hush() {
    if (cover instanceof DescriptorLeg leg) {
      leg.raw();
    }
  }

  private void toClient(Verdict.Client client, HelloReader.Reading.Whole whole) {
    finish();
    seat.leaveCrowd();
    splices.passed(first.forwarded(), 0);
    fromCover.drop();
    Leg unused = cover;
    if (unused != null) {
      unused.close();
    }
    long due = times.due(client.flight(), greeter.strangersWait(whole.hello()));
    greeter.serve(near, client, due, first.takeAfter(whole.length()));
  }

  /** It is a stranger's, for this reason. */
  void toCover(String reason) {
    stranger = true;
    greeter.refused(reason);
    Leg open = cover;
    if (fromCover.gone) {
      leave();
    } else if (isCrowded() && greeter.boundsCrowds()) {
      goShort(true);
    } else if (!greeter.hasRoom()) {
      goShort(false);
    } else if (open != null) {
      splice(open);
    } else {
      dial();
      watch();
    }
  }

  /** Whether its network has too many that are no clients. */
  boolean isCrowded() {
    return seat.isCrowded();
  }

  /** Whether it has had its time. */
  boolean isLate(long now) {
    return times.sinceAccept(now) >= PATIENCE_NANOS;
  }

  /** There is no room: it goes short, unless it is judged just now. */
  void hurry() {
    if (searching) {
      return;
    }
    if (!stranger) {
      stranger = true;
      greeter.refused("slow");
    }
    goShort(false);
  }

  /** As a server without room does. */
  private void goShort(boolean ofCrowd) {
    greeter.wentShort(ofCrowd);
    gone();
    seat.leaveCrowd(); // now: its network's next one is judged by it before this one is closed
    near.reset();
  }

  /** While nothing is wanted: a channel shows that its end has left only where it is read. */
  private void watch() {
    if (near instanceof ChannelLeg && !over && !first.fillReserve()) {
      near.read();
    }
  }

  private void dial() {
    if (over || dialling || cover != null) {
      return;
    }
    dialTimer.cancel(false);
    if (!greeter.mayDial()) {
      dialTimer =
          near.loop().schedule(this::timeToDial, UNTIL_COVER_SEEN_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    dialling = true;
    try {
      Dialler.Dial dial = splices.dial(ends, fromCover);
      coverDial = dial;
      dial.result().onComplete(dialled -> dialled(dialled));
    } catch (IOException e) {
      dialled(Future.failedFuture(e));
    }
  }

  private void dialled(AsyncResult<Leg> dialled) {
    dialling = false;
    if (dialled.failed()) {
      // A site that is down refuses, which we can't after the accept: a reset is the nearest. Who
      // may still be a client has its time to show it.
      if (stranger || ++failedDials == MOST_DIALS) {
        leave();
      } else {
        long after = greeter.silence().toMillis() / MOST_DIALS;
        dialTimer = near.loop().schedule(this::timeToDial, after, TimeUnit.MILLISECONDS);
      }
      return;
    }
    Leg leg = dialled.result();
    cover = leg;
    if (stranger) {
      splice(leg);
      return;
    }
    forward();
    if (searching) {
      hush();
    } else {
      leg.read();
    }
  }

  private void forward() {
    Leg open = cover;
    ByteBuf bytes = open == null ? null : first.forward();
    if (open != null && bytes != null) {
      open.write(bytes);
      open.flush();
    }
  }

  private void splice(Leg open) {
    finish();
    splices.passed(first.forwarded(), fromCover.passOn());
    splices.splice(near, open, first.takeUnforwarded(), clock);
  }

  /** As the cover ended it, or as near to that as can be. */
  private void leave() {
    finish();
    splices.passed(first.forwarded(), fromCover.passOn());
    first.release();
    near.reset();
  }

  private void finish() {
    over = true;
    dialTimer.cancel(false);
    Dialler.Dial unfinished = coverDial;
    if (unfinished != null) {
      unfinished.cancel(); // does nothing to one that came through
    }
    greeter.decided(this);
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
    splices.passed(first.forwarded(), 0);
    first.release();
    fromCover.drop();
    Leg open = cover;
    if (open != null) {
      open.reset();
    }
  }

  /** What the cover does before the verdict. */
  private final class FromCover implements LegHandler {
    /** One read, which was asked for before the search began. */
    private @Nullable ByteBuf held;

    private boolean gone;

    @Override
    public void received(ByteBuf bytes) {
      held = bytes;
      spoke();
    }

    @Override
    public void ended() {
      spoke();
    }

    private void spoke() {
      if (!searching && !stranger && !over) {
        toCover("the cover spoke");
      }
    }

    /** The near end gets what the cover said: so many bytes. */
    int passOn() {
      ByteBuf bytes = held;
      held = null;
      if (bytes == null) {
        return 0;
      }
      int length = bytes.readableBytes();
      near.write(bytes);
      near.flush();
      return length;
    }

    void drop() {
      ByteBuf bytes = held;
      held = null;
      if (bytes != null) {
        bytes.release();
      }
    }

    @Override
    public void drained() {}

    @Override
    public void gone() {
      gone = true;
      if (!over && !searching) {
        leave();
      }
    }
  }
}
