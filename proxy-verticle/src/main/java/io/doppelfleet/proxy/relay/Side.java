package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.ChannelLeg;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One direction of a pair: reads one leg, writes the other. */
final class Side implements LegHandler, Runnable, Wheel.Sleeper, Shares.Waiter {
  /** Chunks after which a pair that has more makes way for the others of its loop. */
  private static final int CHUNKS_A_TURN = 2;

  /** So much at once is a flow that goes on, bytes, and not a message or two. */
  private static final int MUCH = 32 * 1024;

  /**
   * After so many quiet seconds a cover that has ended is asked whether it still takes bytes. Its
   * end may be a half-close, so the stranger's way on stays open; but where it was a close that way
   * would stay open for as long as the stranger likes, and a web server's kernel holds nothing for
   * that: it forgets a closed socket in 60 s.
   */
  private static final int QUIET_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(Side.class);

  private final Pair pair;
  private final Leg from;
  private final Leg to;
  private final Passage passage;
  private boolean turnComes;

  /** The last chunk was a long one. */
  private boolean much;

  /** The last read had little, or there was none yet: what comes is a message, and not a flow. */
  private boolean sparse = true;

  /** It waits for its turn, for its secret's rate or the node's; what comes waits in the kernel. */
  private boolean waitsForTurn;

  /** One chunk may be read. */
  private boolean hasTurn;

  private short slot = AWAKE;

  /** What came and is to go with what comes next. */
  private @Nullable ByteBuf kept;

  /** Of a pair, of which it is one of the two. */
  Side(Pair pair, Leg from, Leg to, Passage passage) {
    this.pair = pair;
    this.from = from;
    this.to = to;
    this.passage = passage;
  }

  Leg from() {
    return from;
  }

  /** Something passed the other way. */
  void asked() {
    passage.asked();
  }

  void begin() {
    from.handTo(this);
    switch (from) {
      case DescriptorLeg leg -> leg.raw();
      case ChannelLeg leg -> leg.pumped();
    }
  }

  /**
   * Begins with bytes that came before. They leave in one write with what else has come: a server
   * that reads them alone may close with all read, in peace, where it would have reset.
   */
  void first(ByteBuf early) {
    if (early.isReadable() && from instanceof ChannelLeg leg) {
      received(leg.readNow(early));
      if (leg.closed() && !pair.isOver()) {
        gone(); // it was read to its reset
      }
      return;
    }
    if (early.isReadable()) {
      keep(early);
    }
    early.release();
    more();
  }

  /** A channel's bytes. */
  @Override
  public void received(ByteBuf bytes) {
    sparse = bytes.readableBytes() < LoopBytes.SMALLEST_READ;
    ByteBuf in = kept == null ? bytes : join(takeKept(), bytes);
    try {
      pass(in, Coming.PERHAPS);
    } finally {
      in.release();
    }
    more();
  }

  private static ByteBuf join(ByteBuf first, ByteBuf second) {
    ByteBuf all = Buffers.POOLED.directBuffer(first.readableBytes() + second.readableBytes());
    all.writeBytes(first).writeBytes(second);
    first.release();
    second.release();
    return all;
  }

  /** Passes on what can be, and keeps the rest. */
  private void pass(ByteBuf in, Coming coming) {
    if (pair.cutIfSpent()) {
      return;
    }
    // Of a long chunk no more than this can stay: the rest of a record, or of a short response.
    int mayWait = pair.other(this).waiting() + Math.min(in.readableBytes(), Shaper.MOST_KEPT);
    Coming known = from.bytes().scarce(mayWait) ? Coming.NONE : coming;
    try {
      int passed;
      do {
        passed = passage.pass(pair.scratch(), in, known, to.pieces());
        to.send();
        pair.passed(this, passed);
      } while (in.isReadable() && passed > 0 && !passage.waits() && !pair.isOver());
    } catch (IllegalRecordException e) {
      pair.refuse();
      return;
    }
    if (in.isReadable() && !pair.isOver()) { // a write that failed may have ended the pair
      keep(in);
    }
    if (kept != null || !to.idle()) {
      pair.waits();
    }
  }

  private void keep(ByteBuf in) {
    int length = in.readableBytes();
    kept = Buffers.POOLED.directBuffer(length).writeBytes(in);
    from.bytes().add(length);
    if (passage.waits()) {
      sleep();
    }
  }

  private ByteBuf takeKept() {
    ByteBuf rest = Objects.requireNonNull(kept);
    kept = null;
    from.bytes().add(-rest.readableBytes());
    return rest;
  }

  private void passKept(Coming coming) {
    if (kept != null) {
      ByteBuf rest = takeKept();
      try {
        pass(rest, coming);
      } finally {
        rest.release();
      }
    }
  }

  /** Bytes of this direction that wait in the process: for more, or for the kernel. */
  int waiting() {
    return to.waiting() + (kept == null ? 0 : kept.readableBytes());
  }

  @Override
  public int alreadyWaiting() {
    return pair.waiting();
  }

  void end() {
    if (waitsForTurn) {
      waitsForTurn = false;
      pair.waitsNoMore(this);
    }
    passage.end(pair.scratch());
    if (kept != null) {
      takeKept().release();
    }
  }

  void more() {
    switch (from) {
      // The legs of one event loop are of one kind.
      case DescriptorLeg leg -> pump(leg, (DescriptorLeg) to);
      case ChannelLeg leg -> {
        if (to.idle() && !pause()) {
          leg.read();
        } else {
          makeWay();
        }
      }
    }
    if (kept != null && passage.waits() && slot == AWAKE) {
      wake(); // its time came while the other side took nothing
    }
  }

  @Override
  public void readable() {
    more();
  }

  @Override
  public void run() {
    turnComes = false;
    try {
      more();
    } catch (RuntimeException | OutOfMemoryError e) {
      fault(e);
    }
  }

  private void pump(DescriptorLeg from, DescriptorLeg to) {
    for (int chunks = 0; from.readable(); chunks++) {
      if (!to.idle()) {
        makeWay();
        return;
      }
      if (pause()) {
        makeWay();
        break; // what was kept for more does not wait as long as that may
      }
      if (chunks == CHUNKS_A_TURN) {
        nextTurn();
        return;
      }
      int before = kept == null ? 0 : kept.readableBytes();
      int share = to.share(pair.most(), pair.other(this).waiting(), much);
      int whole = much ? passage.whole(pair.scratch(), share) : share;
      int most = Math.max(LoopBytes.SMALLEST_READ, whole - before);
      ByteBuf in = take(from, most);
      int came = in.readableBytes() - before;
      if (came > 0) {
        much = came == most || came >= MUCH;
        sparse = came < LoopBytes.SMALLEST_READ;
        pass(in, came == most ? Coming.THERE : afterAll(from, in.readableBytes()));
      }
    }
    ByteBuf rest = kept;
    if (rest != null && !passage.waits()) {
      passKept(afterAll(from, rest.readableBytes())); // there was nothing there after all
    }
  }

  /** Takes what has come, behind what was kept; none of either where nothing came. */
  private ByteBuf take(DescriptorLeg from, int most) {
    ByteBuf first = kept;
    if (first == null) {
      return passage.take(pair.scratch(), from, most);
    }
    int length = first.readableBytes();
    ByteBuf chunk = pair.scratch().chunk().writeBytes(first, first.readerIndex(), length);
    if (from.take(chunk, most) == 0) {
      return chunk.clear();
    }
    takeKept().release();
    return chunk;
  }

  /** What may come after all that has. */
  private Coming afterAll(DescriptorLeg from, int waiting) {
    return from.ending() ? Coming.NONE : passage.after(pair.scratch(), waiting, from);
  }

  /** The same after nothing came for a while. */
  private Coming afterAWhile(int length) {
    if (from instanceof DescriptorLeg leg) {
      if (leg.ending()) {
        return Coming.NONE;
      }
      if (passage.brokenOff(length, leg.segment())) {
        leg.acknowledge(); // it may be that for which the sender waits
        return Coming.LATE;
      }
    }
    return Coming.NONE_SO_FAR;
  }

  /** Whether nothing is to be read now, for the secret's rate or the node's. */
  private boolean pause() {
    if (hasTurn) {
      hasTurn = false;
      return false;
    }
    waitsForTurn = waitsForTurn || pair.mustWait(this);
    return waitsForTurn;
  }

  boolean waitsForTurn() {
    return waitsForTurn;
  }

  /**
   * What it waited for with {@link Turns}: its secret's rate lets it.
   *
   * @return false where it waits for the node's rate too
   */
  boolean turn() {
    waitsForTurn = pair.mustWaitForLink(this);
    if (!waitsForTurn) {
      go();
      return true;
    }
    return false;
  }

  @Override
  public boolean isSparse() {
    return sparse;
  }

  @Override
  public EventLoop loop() {
    return from.loop();
  }

  @Override
  public boolean readsAtOnce() {
    return from instanceof DescriptorLeg;
  }

  /** What it waited for with {@link Shares} too. */
  @Override
  public void go() {
    waitsForTurn = false;
    hasTurn = true;
    run();
    hasTurn = false;
    pair.hadTurn(this);
  }

  private void sleep() {
    pair.scratch().wheel().sleep(this, Math.max(0, passage.left(Wheel.micros())), from.loop());
  }

  @Override
  public short slot() {
    return slot;
  }

  @Override
  public void slot(short slot) {
    this.slot = slot;
  }

  @Override
  public void wake() {
    ByteBuf rest = kept;
    if (rest == null || !passage.waits() || !to.idle()) {
      return;
    }
    if (passage.left(Wheel.micros()) > 0) {
      sleep(); // more had come
      return;
    }
    try {
      passKept(afterAWhile(rest.readableBytes()));
    } catch (RuntimeException | OutOfMemoryError e) {
      fault(e);
    }
  }

  /** What was taken and not passed on is lost, so neither end may go on. */
  private void fault(Throwable e) {
    LOG.error("a connection was closed by a fault of ours", e);
    pair.cut();
  }

  private void nextTurn() {
    if (!turnComes) {
      turnComes = true;
      from.loop().execute(this);
    }
  }

  /** Who left can't be told from here while the way on is blocked, unless nobody is served. */
  private void makeWay() {
    if (pair.isNear(this) && !from.closed() && from.failed()) {
      from.close();
      gone();
    }
  }

  @Override
  public void ended() {
    passKept(Coming.NONE);
    to.endWrites();
    if (pair.comesFromCover(this) && from instanceof DescriptorLeg site) {
      site.askAfter(QUIET_SECONDS + 2);
    }
    closeIfBothEnded();
  }

  @Override
  public void drained() {
    // What this side's leg was given came from the other leg.
    if (from.writeEnded()) {
      closeIfBothEnded();
    } else {
      pair.other(this).more();
    }
  }

  @Override
  public void gone() {
    passKept(Coming.NONE);
    if (hasForgotten()) {
      to.close();
    } else {
      to.reset();
    }
    pair.over();
  }

  /**
   * The cover had closed, and what its kernel answers now answers a question of ours, not the
   * stranger. It would say nothing to one that says nothing, and reset one that says more: what our
   * kernel does for a closed socket.
   */
  private boolean hasForgotten() {
    return pair.comesFromCover(this) && from.readEnded() && pair.quietSeconds() >= QUIET_SECONDS;
  }

  private void closeIfBothEnded() {
    if (from.readEnded() && to.readEnded() && from.writeEnded() && to.writeEnded()) {
      pair.cut();
    }
  }
}
