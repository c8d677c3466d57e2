package io.doppelfleet.proxy.relay;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.ChannelLeg;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.CtrStream;
import io.doppelfleet.proxy.transport.Refusal;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two legs that are pumped into each other. A leg is read only while nothing waits for the other
 * one, so a slow reader stops its writer, and no more is read than the other side takes, as far as
 * its kernel can say. Ends pass on as they come: a half-close as a half-close, a reset as a reset,
 * each after the bytes before it.
 */
public final class Pair extends Served {
  /** Who is at the near end. */
  public enum Kind {
    /** A client, with a data centre at the far end. */
    CLIENT,
    /** A stranger, with the cover at the far end. */
    STRANGER
  }

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

  private static final Logger LOG = LoggerFactory.getLogger(Pair.class);
  private static final Passage VERBATIM = new Passage.Verbatim();

  private final Kind kind;
  private final PairTable table;
  private final Scratch scratch;
  private final Side near;
  private final Side far;
  private int lastActive;

  /** The pair's place in its table. */
  int place = -1;

  private Pair(
      Kind kind,
      @Nullable NamedSecret secret,
      @Nullable InetAddress from,
      Leg near,
      Passage up,
      Leg far,
      Passage down,
      Scratch scratch,
      PairTable table) {
    super(secret, from);
    this.kind = kind;
    this.table = table;
    this.scratch = scratch;
    this.near = new Side(near, far, up);
    this.far = new Side(far, near, down);
    this.lastActive = table.now();
  }

  /**
   * A client and its data centre.
   *
   * @param secret by which it came
   * @param address the client's
   * @param records where the client's records stand
   * @param from the stream that the client encrypts with
   * @param into the stream that the data centre decrypts with
   */
  public static Pair serve(
      NamedSecret secret,
      InetAddress address,
      Leg client,
      RecordReader records,
      CtrStream from,
      Leg datacenter,
      CtrStream into,
      Scratch scratch,
      PairTable table) {
    Passage up = new Passage.Upload(records, from, into);
    Passage down = new Passage.Download();
    return new Pair(Kind.CLIENT, secret, address, client, up, datacenter, down, scratch, table);
  }

  /** A stranger and the cover. */
  public static Pair splice(Leg stranger, Leg cover, Scratch scratch, PairTable table) {
    return new Pair(Kind.STRANGER, null, null, stranger, VERBATIM, cover, VERBATIM, scratch, table);
  }

  /**
   * Starts both pumps.
   *
   * @param early what the near leg sent before there was a pair, which goes first
   */
  public void start(ByteBuf early) {
    table.add(this);
    near.begin();
    far.begin();
    near.first(early);
    if (near.from.readEnded()) {
      near.ended();
    }
    if (far.from.readEnded()) {
      far.ended();
    }
    far.more();
    if (near.from.closed() || far.from.closed()) {
      cut(); // one left while the other was dialled
    }
  }

  Kind kind() {
    return kind;
  }

  int lastActive() {
    return lastActive;
  }

  /** Ends both legs at once. */
  void cut() {
    near.from.close();
    far.from.close();
    over();
  }

  private void over() {
    table.remove(this);
    near.end();
    far.end();
  }

  /** The client's bytes are no records: it meets what a TLS server's client would. */
  private void refuse() {
    far.from.close();
    if (near.from.idle() && !near.from.writeEnded()) {
      near.from.handTo(LegHandler.NOBODY);
      Refusal.send(near.from, scratch.random());
    }
    near.from.close();
    over();
  }

  /** One direction: reads one leg, writes the other. */
  private final class Side implements LegHandler, Runnable, Wheel.Sleeper {
    private final Leg from;
    private final Leg to;
    private final Passage passage;
    private boolean turnComes;

    /** The last chunk was a long one. */
    private boolean much;

    private short slot = AWAKE;

    /** What came and is to go with what comes next. */
    private @Nullable ByteBuf kept;

    Side(Leg from, Leg to, Passage passage) {
      this.from = from;
      this.to = to;
      this.passage = passage;
    }

    void begin() {
      from.handTo(this);
      if (from instanceof DescriptorLeg leg) {
        leg.raw();
      }
    }

    /**
     * Begins with bytes that came before. They leave in one write with what else has come: a server
     * that reads them alone may close with all read, in peace, where it would have reset.
     */
    void first(ByteBuf early) {
      if (early.isReadable() && from instanceof ChannelLeg) {
        received(early);
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
      Coming known = from.bytes().scarce() ? Coming.NONE : coming;
      lastActive = table.now();
      try {
        int passed;
        do {
          passed = passage.pass(scratch, in, known, to.pieces());
          to.send();
          passed(this == near, passed);
          table.count(kind, this == near, passed);
        } while (in.isReadable() && passed > 0 && !passage.waits() && place >= 0);
      } catch (IllegalRecordException e) {
        refuse();
        return;
      }
      if (in.isReadable() && place >= 0) { // a write that failed may have ended the pair
        keep(in);
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

    void end() {
      passage.end(scratch);
      if (kept != null) {
        takeKept().release();
      }
    }

    void more() {
      switch (from) {
        // The legs of one event loop are of one kind.
        case DescriptorLeg leg -> pump(leg, (DescriptorLeg) to);
        case ChannelLeg leg -> {
          if (to.idle()) {
            leg.read();
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
          makeWay(from);
          return;
        }
        if (chunks == CHUNKS_A_TURN) {
          nextTurn();
          return;
        }
        int before = kept == null ? 0 : kept.readableBytes();
        int most = Math.max(LoopBytes.SMALLEST_READ, to.share(passage.longest(), much) - before);
        ByteBuf in = take(from, most);
        int came = in.readableBytes() - before;
        if (came > 0) {
          much = came == most || came >= MUCH;
          pass(in, came == most ? Coming.THERE : afterAll(from));
        }
      }
      if (kept != null && !passage.waits()) {
        passKept(afterAll(from)); // there was nothing there after all
      }
    }

    /** Takes what has come, behind what was kept; none of either where nothing came. */
    private ByteBuf take(DescriptorLeg from, int most) {
      ByteBuf first = kept;
      if (first == null) {
        return passage.take(scratch, from, most);
      }
      int length = first.readableBytes();
      ByteBuf chunk = scratch.chunk().clear().writeBytes(first, first.readerIndex(), length);
      if (from.take(chunk, most) == 0) {
        return chunk.clear();
      }
      takeKept().release();
      return chunk;
    }

    /** What may come after all that has. */
    private static Coming afterAll(DescriptorLeg from) {
      return from.ending() ? Coming.NONE : Coming.PERHAPS;
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

    private void sleep() {
      scratch.wheel().sleep(this, Math.max(0, passage.left(Wheel.micros())), from.loop());
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
      cut();
    }

    private void nextTurn() {
      if (!turnComes) {
        turnComes = true;
        from.loop().execute(this);
      }
    }

    /** Who left can't be told from here while the way on is blocked, unless nobody is served. */
    private void makeWay(DescriptorLeg from) {
      if (this == near && from.failed()) {
        from.close();
        gone();
      }
    }

    @Override
    public void ended() {
      passKept(Coming.NONE);
      to.endWrites();
      if (kind == Kind.STRANGER && this == far && from instanceof DescriptorLeg site) {
        site.askAfter(QUIET_SECONDS + 2);
      }
      closeIfBothEnded();
    }

    @Override
    public void drained() {
      // What this side's leg was given came from the other leg.
      Side other = this == near ? far : near;
      if (from.writeEnded()) {
        closeIfBothEnded();
      } else {
        other.more();
      }
    }

    @Override
    public void gone() {
      passKept(Coming.NONE);
      if (this == far && hasForgotten()) {
        to.close();
      } else {
        to.reset();
      }
      over();
    }

    /**
     * The cover had closed, and what its kernel answers now answers a question of ours, not the
     * stranger. It would say nothing to one that says nothing, and reset one that says more: what
     * our kernel does for a closed socket.
     */
    private boolean hasForgotten() {
      return kind == Kind.STRANGER && from.readEnded() && table.now() - lastActive >= QUIET_SECONDS;
    }

    private void closeIfBothEnded() {
      if (from.readEnded() && to.readEnded() && from.writeEnded() && to.writeEnded()) {
        cut();
      }
    }
  }
}
