package io.doppelfleet.proxy.cover;

import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.relay.Pair;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Passage;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;

/** Connects strangers of one event loop with the cover, byte for byte. */
public final class Splices {
  private static final Passage VERBATIM = new Passage.Verbatim();

  private final Cover cover;
  private final Dialler dialler;
  private final PairTable pairs;
  private final Duration timeout;

  /** With a bound of the time that the cover may take to accept. */
  public Splices(Cover cover, Dialler dialler, PairTable pairs, Duration timeout) {
    this.cover = cover;
    this.dialler = dialler;
    this.pairs = pairs;
    this.timeout = timeout;
  }

  /** Opens a leg to the cover for a connection of which it isn't known yet whose it is. */
  public Future<Leg> dial(LegHandler handler) {
    try {
      return dialler
          .dial(cover.addresses(), 0, timeout, handler)
          .onSuccess(leg -> cover.reached())
          .onFailure(cover::failed);
    } catch (IOException e) {
      cover.failed(e);
      return Future.failedFuture(e);
    }
  }

  /** Notes that a dialled leg is ours as long as it lives. */
  public void watch(Leg leg) {
    var local = leg.localAddress();
    cover.dialled(local);
    leg.onClose(() -> cover.ended(local));
  }

  /**
   * From now on the two are one.
   *
   * @param early what the stranger sent and the cover was not sent yet
   */
  public void splice(Leg stranger, Leg site, ByteBuf early) {
    Pair.join(Pair.Kind.STRANGER, stranger, VERBATIM, site, VERBATIM, pairs).start(early);
  }
}
