package io.doppelfleet.fleet;

import java.util.List;

/**
 * Whom the rules of all nodes ban: all of them, at each change and every ten seconds. What isn't in
 * it has ended. Over a link it goes from {@link LinkMessage#LEASES} on.
 *
 * @param stamp of the control
 * @param leases {@value #MOST} at most, each prefix once
 * @param lifted whom no rule is to ban for so long, for somebody has ended it; as many, and none of
 *     them a lease
 */
public record FleetLeases(Stamp stamp, List<Lease> leases, List<Lease> lifted)
    implements FleetMessage {
  /** Where nodes hear of them. */
  public static final String ADDRESS = "doppelfleet.leases.fleet";

  /** With so many of both a message is some 110 KB long. */
  public static final int MOST = 1_000;

  /** Copies the lists and checks the bounds. */
  public FleetLeases {
    leases = Lease.checked("leases", leases, MOST);
    lifted = Lease.checked("lifted", lifted, MOST);
  }
}
