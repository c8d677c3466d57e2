package io.doppelfleet.fleet;

/**
 * Tells a part of the hellos that a node has met of late, and asks for one of those that the fleet
 * has; a {@link HelloAnswer} answers it.
 *
 * @param stamp of the node
 * @param from where the wanted part begins, 0..{@link HelloPart#END}: 0, and then what the answer
 *     before said; at the end nothing is wanted
 * @param tokens {@link HelloPart#MOST} at most
 */
public record HelloQuestion(Stamp stamp, int from, HelloTokens tokens) implements FleetMessage {
  /** Where a control answers it. */
  public static final String ADDRESS = "doppelfleet.hellos.question";

  /** Checks the bounds. */
  public HelloQuestion {
    Bounds.number("from", from, 0, HelloPart.END);
    Bounds.number("tokens' count", tokens.size(), 0, HelloPart.MOST);
  }
}
