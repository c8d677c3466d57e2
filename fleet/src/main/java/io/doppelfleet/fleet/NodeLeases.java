package io.doppelfleet.fleet;

import java.util.List;

/**
 * Whom a node's rules ban: all of them, at each change and every two seconds as long as there are
 * any, so that one that is lost does no harm, and a control that starts anew knows them soon. Over
 * a link it goes from {@link LinkMessage#LEASES} on.
 *
 * @param stamp of the node
 * @param leases {@value #MOST} at most, each prefix once
 */
public record NodeLeases(Stamp stamp, List<Lease> leases) implements FleetMessage {
  /** Where controls hear of them. */
  public static final String ADDRESS = "doppelfleet.leases.node";

  /** A node that is seized bans no more. */
  public static final int MOST = 200;

  /** Copies the list and checks the bounds. */
  public NodeLeases {
    leases = Lease.checked("leases", leases, MOST);
  }
}
