package io.doppelfleet.fleet;

/**
 * What hellos a node has met: at each tick of a clock the new ones, whether there are any or not.
 * All of late a {@link HelloQuestion} tells.
 *
 * @param stamp of the node
 * @param tokens {@value #MOST} at most; where they don't all fit into what the control takes, the
 *     first ones matter most
 */
public record SeenHellos(Stamp stamp, HelloTokens tokens) implements FleetMessage {
  /** Where a control hears of the new ones; who carries it there replies when it is on its way. */
  public static final String ADDRESS = "doppelfleet.hellos.seen";

  /** New ones that are told at once: a thousand a second, at a tick every 80 ms. */
  public static final int MOST = 80;

  /** Checks their number. */
  public SeenHellos {
    Bounds.number("tokens' count", tokens.size(), 0, MOST);
  }
}
