package io.doppelfleet.proxy;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.listen.Introduction;
import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who comes to an event loop's listeners that are behind routers. */
final class BehindRouters {
  private static final Logger LOG = LoggerFactory.getLogger(BehindRouters.class);

  private final Door door;
  private final NodeMeters meters;
  private final OwnConnections own;

  /** Whether the operator knows that routers' listeners are met by others. */
  private boolean toldOfOthers;

  /** And that a router doesn't say who comes. */
  private boolean toldOfSilence;

  BehindRouters(Door door, NodeMeters meters, OwnConnections own) {
    this.door = door;
    this.meters = meters;
    this.own = own;
  }

  /**
   * Who comes past the routers could say anything of itself: nobody but strangers does, and this
   * node itself, which says what a router does.
   */
  void accepted(Leg near, Ends ends, PrefixSet routers, ListGate gate) {
    AddressBits from = AddressBits.of(ends.from().getAddress());
    if (routers.contains(from.high(), from.low()) || own.has(ends.from())) {
      meters.undecided.incrementAndGet();
      Introduction.await(near, ends, new AfterIntroduction(near, ends, gate));
    } else {
      if (!toldOfOthers) {
        toldOfOthers = true;
        tell("somebody who is not in its proxy.proxy-protocol: they meet the cover");
      }
      door.toCover(near, ends, "past the router");
    }
  }

  private final class AfterIntroduction implements Introduction.Next {
    private final Leg near;
    private final Ends router;
    private final ListGate gate;

    AfterIntroduction(Leg near, Ends router, ListGate gate) {
      this.near = near;
      this.router = router;
      this.gate = gate;
    }

    @Override
    public void introduced(Ends ends, ByteBuf rest) {
      meters.undecided.decrementAndGet();
      if (ends.equals(router)) {
        door.enterUnbounded(near, ends, gate, rest);
      } else {
        door.enter(near, ends, gate, rest, Door.NOTHING);
      }
    }

    @Override
    public void nobody(String reason) {
      meters.undecided.decrementAndGet();
      if (reason.equals(Introduction.NO_HEADER) && !toldOfSilence) {
        toldOfSilence = true;
        tell("a router that sends no PROXY header (HAProxy: send-proxy-v2): it is closed");
      }
      meters.failed("introduction", reason);
    }
  }

  private static void tell(String what) {
    LOG.warn("a listener behind a router is met by {}; more of it in the metrics alone", what);
  }
}
