package io.doppelfleet.proxy.relay;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.netty.buffer.ByteBuf;

/**
 * Two legs that are pumped into each other. A leg is read only while nothing waits for the other
 * one, so a slow reader stops its writer and one read's bytes at most wait in each direction. Ends
 * pass on as they come: a half-close as a half-close, a reset as a reset.
 */
public final class Pair {
  /** Who is at the near end. */
  public enum Kind {
    /** A client, with a data centre at the far end. */
    CLIENT,
    /** A stranger, with the cover at the far end. */
    STRANGER
  }

  private final Kind kind;
  private final PairTable table;
  private final Side near;
  private final Side far;
  private int lastActive;

  /** The pair's place in its table. */
  int place = -1;

  private Pair(Kind kind, Leg near, Passage up, Leg far, Passage down, PairTable table) {
    this.kind = kind;
    this.table = table;
    this.near = new Side(near, far, up);
    this.far = new Side(far, near, down);
    this.lastActive = table.now();
  }

  /**
   * Makes a pair and starts both pumps.
   *
   * @param up what happens to bytes from near to far
   * @param down what happens to bytes from far to near
   */
  public static Pair join(Kind kind, Leg near, Passage up, Leg far, Passage down, PairTable table) {
    Pair pair = new Pair(kind, near, up, far, down, table);
    table.add(pair);
    near.handTo(pair.near);
    far.handTo(pair.far);
    return pair;
  }

  /** Passes on what the near leg sent before there was a pair, then what it sends from now on. */
  public void start(ByteBuf early) {
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
    table.remove(this);
  }

  private final class Side implements LegHandler {
    private final Leg from;
    private final Leg to;
    private final Passage passage;

    Side(Leg from, Leg to, Passage passage) {
      this.from = from;
      this.to = to;
      this.passage = passage;
    }

    @Override
    public void received(ByteBuf bytes) {
      lastActive = table.now();
      try {
        table.count(kind, this == near, passage.pass(bytes, to));
      } catch (IllegalRecordException e) {
        cut();
        return;
      }
      to.flush();
      more();
    }

    void more() {
      if (to.idle()) {
        from.read();
      }
    }

    @Override
    public void ended() {
      to.endWrites();
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
      to.reset();
      table.remove(Pair.this);
    }

    private void closeIfBothEnded() {
      if (from.readEnded() && to.readEnded() && from.writeEnded() && to.writeEnded()) {
        cut();
      }
    }
  }
}
