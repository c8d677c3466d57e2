package io.doppelfleet.proxy.cover;

import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.relay.Pair;
import io.doppelfleet.proxy.relay.PairTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Connects strangers of one event loop with the cover, byte for byte. */
public final class Splices {
  /** Rounds of a loop before it is cut; that many by chance happen to nobody. */
  private static final int MOST_HOPS = 4;

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

  /**
   * Opens a leg to the cover, at once.
   *
   * @param ends of whom it is for
   * @param handler of the leg
   * @throws IOException where the cover's address is not known, or leads back here
   */
  public Dialler.Dial dial(Ends ends, LegHandler handler) throws IOException {
    // Asked now, not at the accept: a loop's own dial is known before its first byte comes round.
    int hops = cover.hops(ends.from());
    Dialler.Dial dial;
    try {
      if (hops >= MOST_HOPS) {
        throw new IOException("it leads back to this proxy: set proxy.cover to another site");
      }
      dial = dialler.dial(cover.addresses(), timeout, handler);
    } catch (IOException e) {
      cover.failed(e);
      throw e;
    }
    dial.result().onSuccess(leg -> reached(leg, hops, ends)).onFailure(cover::failed);
    return dial;
  }

  private void reached(Leg leg, int hops, Ends ends) {
    cover.reached();
    ProxyVersion header = cover.header();
    if (header != null) {
      leg.write(Unpooled.wrappedBuffer(header.of(ends)));
      leg.flush();
    }
    InetSocketAddress local = leg.localAddress();
    if (local != null) { // else it is over, and nothing of it comes round
      cover.dialled(local, hops);
      leg.onClose(() -> cover.ended(local));
    }
  }

  /** A stranger's bytes that passed before {@link #splice}, or without it. */
  public void passed(int up, int down) {
    pairs.countStranger(up, down);
  }

  /**
   * From now on the two are one.
   *
   * @param early what the stranger sent and the cover was not sent yet
   * @param answered is given the first bytes that the cover sends; null for nobody
   */
  public void splice(Leg stranger, Leg site, ByteBuf early, @Nullable Consumer<ByteBuf> answered) {
    Pair.splice(stranger, site, answered, pairs).start(early);
  }
}
