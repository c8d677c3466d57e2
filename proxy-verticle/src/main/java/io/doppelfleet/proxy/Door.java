package io.doppelfleet.proxy;

import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.listen.Networks;
import io.netty.buffer.ByteBuf;

/** Where an event loop's connections come in once it is known from where. */
final class Door {
  /** What the end of a connection does that does something else already. */
  static final Runnable NOTHING = () -> {};

  private final Greeter greeter;
  private final Networks networks;
  private final NodeMeters meters;

  Door(Greeter greeter, Networks networks, NodeMeters meters) {
    this.greeter = greeter;
    this.networks = networks;
    this.meters = meters;
  }

  /**
   * Lets a leg in of which nothing was read but this.
   *
   * @param gate the listener's lists
   * @param early its first bytes, or none; given away
   * @param left what its end is to do
   */
  void enter(Leg near, Ends ends, ListGate gate, ByteBuf early, Runnable left) {
    if (hasSeat(near, ends, left)) {
      greeter.greet(near, ends, gate, early);
    } else {
      early.release();
    }
  }

  /** The same for a stranger, of which nothing was read. */
  void toCover(Leg near, Ends ends, String reason) {
    if (hasSeat(near, ends, NOTHING)) {
      greeter.turnAway(near, ends, reason);
    }
  }

  /** Where too many are there from its network it is over. */
  private boolean hasSeat(Leg near, Ends ends, Runnable left) {
    Runnable seat = networks.enter(ends.from().getAddress(), left);
    near.onClose(seat == null ? left : seat);
    if (seat == null) {
      meters.crowded();
      near.reset();
    }
    return seat != null;
  }
}
