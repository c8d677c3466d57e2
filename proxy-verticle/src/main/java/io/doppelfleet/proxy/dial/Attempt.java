package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A dial's try at one address. All of it is on the event loop. */
sealed interface Attempt permits ChannelAttempt, DescriptorAttempt {
  /** Whose attempts they are. Of each attempt it is told one thing, unless it gave it up. */
  interface Owner {
    /** It is connected. */
    void connected(Attempt attempt);

    /** It isn't, for this reason. */
    void failed(Attempt attempt, String why);
  }

  /** Begins; where it is over at once its owner is told before this returns. */
  void begin();

  /** Whether its owner was told. */
  boolean isOver();

  /** By whom; null: by nobody. */
  @Nullable Trial trial();

  /**
   * The connection of one that is connected; to be called once.
   *
   * @throws IOException where the process has no descriptor left; it is closed
   */
  Leg take(LegHandler handler) throws IOException;

  /** One that is not over makes room for another: it fails. */
  void fail();

  /** Nobody waits any longer for one that is not over. */
  void giveUp();
}
