package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.Octets;
import java.util.HexFormat;
import java.util.List;

/**
 * Who a process is on the bus: a node by its own certificate, a control by the one that it made.
 *
 * @param key PKCS #8
 * @param certificate its own, X.509
 * @param authority the fleet's, X.509
 */
public record BusIdentity(Octets key, Octets certificate, Octets authority) {
  private static final int NAME_BYTES = 16;

  /** What tells this fleet's cluster from another's on the same network; not secret. */
  String fleet() {
    byte[] hash = JoinToken.sha256(authority.bytes());
    return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
  }

  List<Octets> chain() {
    return List.of(certificate, authority);
  }

  /** Shows nothing of the key. */
  @Override
  public String toString() {
    return "BusIdentity[fleet=" + fleet() + "]";
  }
}
