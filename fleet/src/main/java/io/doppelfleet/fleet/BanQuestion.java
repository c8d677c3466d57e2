package io.doppelfleet.fleet;

import java.net.Inet4Address;

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

  private static final int NAMED_IPV4 = 24;
  private static final int NAMED_IPV6 = 48;

  /**
   * Whether the answer for a range names secrets: no range narrower than a /24, of IPv6 a /48, has
   * them named, or it would be told whose an address is.
   */
  public static boolean namesSecrets(Prefix prefix) {
    return prefix.length() <= (prefix.address() instanceof Inet4Address ? NAMED_IPV4 : NAMED_IPV6);
  }
}
