package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.HostPort;
import java.util.List;

/**
 * Where this process meets the others of its cluster.
 *
 * @param listen the one address and port of its membership; port 1..65535
 * @param busPort of the event bus, on the same address; 1..65535
 * @param members where others are looked for; one at least, this process may be among them
 */
public record ClusterOptions(HostPort listen, int busPort, List<HostPort> members) {
  /** Copies the list. */
  public ClusterOptions {
    members = List.copyOf(members);
  }
}
