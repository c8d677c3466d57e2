package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.leg.ChannelLeg;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Queued;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.CtrStream;
import io.doppelfleet.proxy.transport.Refusal;
import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two legs that are pumped into each other. A leg is read only while nothing waits for the other
 * one, so a slow reader stops its writer. On descriptors nothing waits in the process at all: what
 * the kernel of the one side does not take stays in the kernel of the other. Ends pass on as they
 * come: a half-close as a half-close, a reset as a reset, each after the bytes before it.
 */
public final class Pair {
  /** Who is at the near end. */
  public enum Kind {
    /** A client, with a data centre at the far end. */
    CLIENT,
    /** A stranger, with the cover at the far end. */
    STRANGER
  }

  /** Chunks after which a pair that has more makes way for the others of its loop. */
  private static final int CHUNKS_A_TURN = 2;

  /**
   * The shortest look at what has come, bytes, however little the other side takes: in as many
   * there is a record that leaves at once.
   */
  private static final int SHORTEST_LOOK = 17 * 1024;

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
      Kind kind, Leg near, Passage up, Leg far, Passage down, Scratch scratch, PairTable table) {
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
   * @param records where the client's records stand
   * @param from the stream that the client encrypts with
   * @param into the stream that the data centre decrypts with
   */
  public static Pair serve(
      Leg client,
      RecordReader records,
      CtrStream from,
      Leg datacenter,
      CtrStream into,
      Scratch scratch,
      PairTable table) {
    Passage up = new Passage.Upload(records, from, into);
    Passage down = new Passage.Download();
    return new Pair(Kind.CLIENT, client, up, datacenter, down, scratch, table);
  }

  /** A stranger and the cover. */
  public static Pair splice(Leg stranger, Leg cover, Scratch scratch, PairTable table) {
    return new Pair(Kind.STRANGER, stranger, VERBATIM, cover, VERBATIM, scratch, table);
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
    if (early.isReadable()) {
      near.received(early);
    } else {
      early.release();
      near.more();
    }
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
    near.passage.end(scratch);
    far.passage.end(scratch);
  }

  /** The client's bytes are no records: it meets what a TLS server's client would. */
  private void refuse() {
    far.from.close();
    if (near.from.idle() && !near.from.writeEnded() && far.passage.atBoundary()) {
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
    private short slot = AWAKE;

    /** Bytes to look at next: about as many as the other side takes, for a look is a copy. */
    private int look;

    Side(Leg from, Leg to, Passage passage) {
      this.from = from;
      this.to = to;
      this.passage = passage;
      this.look = passage.longest();
    }

    void begin() {
      from.handTo(this);
      if (from instanceof DescriptorLeg leg) {
        leg.raw();
      }
    }

    /** A channel's bytes, or the first ones; what the kernel does not take waits in the leg. */
    @Override
    public void received(ByteBuf bytes) {
      boolean mayWait = from instanceof ChannelLeg leg && leg.mayKeep();
      pass(bytes, mayWait ? Coming.PERHAPS : Coming.NONE);
      more();
    }

    private void pass(ByteBuf bytes, Coming coming) {
      try {
        do {
          int planned = passage.plan(scratch, bytes, coming, new Queued(to));
          bytes.skipBytes(settle(bytes, planned, planned));
        } while (bytes.isReadable() && !passage.waits());
        if (bytes.isReadable() && from instanceof ChannelLeg leg) {
          leg.keep(bytes.readBytes(bytes.readableBytes()));
          sleep();
        }
      } catch (IllegalRecordException e) {
        refuse();
        return;
      } finally {
        bytes.release();
      }
      to.flush();
    }

    void more() {
      if (from instanceof DescriptorLeg readable) {
        // The legs of one event loop are of one kind.
        pump(readable, (DescriptorLeg) to, Coming.PERHAPS);
      } else if (to.idle()) {
        from.read();
      }
    }

    @Override
    public void readable() {
      more();
    }

    @Override
    public void run() {
      turnComes = false;
      more();
    }

    private void pump(DescriptorLeg from, DescriptorLeg to, Coming first) {
      Coming coming = first;
      for (int chunks = 0; from.readable(); chunks++) {
        if (!to.idle()) {
          makeWay(from);
          return;
        }
        if (chunks == CHUNKS_A_TURN) {
          nextTurn();
          return;
        }
        int most = look;
        ByteBuf in = from.peek(most);
        int length = in.readableBytes();
        if (length == 0) {
          continue;
        }
        int done;
        try {
          Coming after = length == most ? Coming.THERE : coming(from, length, coming);
          int planned = passage.plan(scratch, in, after, to.pieces());
          int left = planned == 0 ? 0 : to.send();
          // What left counts headers too, so it may be more than was looked at.
          look = Math.clamp(left == planned ? 2 * most : left, SHORTEST_LOOK, passage.longest());
          done = settle(in, planned, left);
        } catch (IllegalRecordException e) {
          from.discard(length, false); // what is left unread would turn the end into a reset
          refuse();
          return;
        }
        from.discard(done, length < most && (done == length || passage.waits()));
        coming = Coming.PERHAPS;
      }
      if (passage.waits()) {
        sleep();
      }
    }

    /** What may come after all that has. */
    private Coming coming(DescriptorLeg from, int length, Coming asFarAsKnown) {
      if (from.ending()) {
        return Coming.NONE;
      }
      if (asFarAsKnown == Coming.NONE_SO_FAR && passage.brokenOff(length, from.segment())) {
        from.acknowledge(); // it may be that for which the sender waits
        return Coming.LATE;
      }
      return asFarAsKnown;
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
      if (from.closed() || to.closed() || !passage.waits()) {
        return;
      }
      if (passage.left(Wheel.micros()) > 0) {
        sleep(); // more had come
        return;
      }
      try {
        switch (from) {
          case DescriptorLeg leg -> {
            leg.again();
            pump(leg, (DescriptorLeg) to, Coming.NONE_SO_FAR);
          }
          case ChannelLeg leg -> passKept(leg, Coming.NONE_SO_FAR);
        }
      } catch (RuntimeException e) {
        LOG.error("a connection was closed by a fault of ours", e);
        cut();
      }
    }

    private void passKept(ChannelLeg leg, Coming coming) {
      ByteBuf kept = leg.takeKept();
      if (kept != null) {
        pass(kept, coming);
      }
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

    private int settle(ByteBuf bytes, int planned, int left) {
      lastActive = table.now();
      int done = passage.settle(scratch, bytes, planned, left);
      table.count(kind, this == near, this == near ? left : done);
      return done;
    }

    @Override
    public void ended() {
      if (from instanceof ChannelLeg leg) {
        passKept(leg, Coming.NONE);
      }
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
