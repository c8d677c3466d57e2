package io.doppelfleet.fleet;

/**
 * What hellos the fleet's nodes have met: at each tick of a clock those that the control has learnt
 * since the last one, whether there are any or not. All of late a {@link HelloAnswer} tells.
 *
 * @param stamp of the control
 * @param total how many it has told in all since its start, these among them: who has heard of
 *     fewer before has missed some, and asks for all
 * @param tokens {@link SeenHellos#MOST} at most
 */
public record KnownHellos(Stamp stamp, long total, HelloTokens tokens) implements FleetMessage {
  /** Where nodes hear of the new ones. */
  public static final String ADDRESS = "doppelfleet.hellos.known";

  /** Checks the numbers. */
  public KnownHellos {
    Bounds.number("total", total, 0, Long.MAX_VALUE);
    Bounds.number("tokens' count", tokens.size(), 0, SeenHellos.MOST);
  }
}
