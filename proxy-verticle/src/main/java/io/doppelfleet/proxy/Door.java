package io.doppelfleet.proxy;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.greeting.Seat;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.listen.Networks;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

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
    Seat seat = seat(near, ends, left);
    if (seat == null) {
      early.release();
    } else {
      greeter.greet(near, ends, gate, seat, early);
    }
  }

  /**
   * The same for one that a router brings without saying whose it is: anybody's, so not bounded.
   */
  void enterUnbounded(Leg near, Ends ends, ListGate gate, ByteBuf early) {
    greeter.greet(near, ends, gate, Seat.UNBOUNDED, early);
  }

  /** The same for a stranger, of which nothing was read. */
  void toCover(Leg near, Ends ends, String reason) {
    Seat seat = seat(near, ends, NOTHING);
    if (seat != null) {
      greeter.turnAway(near, ends, seat, reason);
    }
  }

  /** Null where too many are there from its network: it is over. */
  private @Nullable Seat seat(Leg near, Ends ends, Runnable left) {
    AddressBits from = AddressBits.of(ends.from().getAddress());
    if (!networks.bounds(from)) {
      near.onClose(left);
      return Seat.UNBOUNDED;
    }
    Networks.Entry seat = networks.enter(from, left);
    near.onClose(seat == null ? left : seat);
    if (seat == null) {
      meters.crowded();
      near.reset();
    }
    return seat;
  }
}
