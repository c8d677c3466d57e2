package io.doppelfleet.fleet;

/**
 * A control asks a node whom a ban would cut now; a {@link BanAnswer} answers it. Over a link it
 * goes from {@link LinkMessage#ASKED_NODES} on.
 *
 * @param stamp of the control
 * @param prefix that would be banned
 */
public record BanQuestion(Stamp stamp, Prefix prefix) implements FleetMessage {
  /** Where a node answers it. */
  public static final String ADDRESS = "doppelfleet.ban.question";
}
