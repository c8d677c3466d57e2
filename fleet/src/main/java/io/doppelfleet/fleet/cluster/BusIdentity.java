package io.doppelfleet.fleet.cluster;

import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.Octets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Who a process is on the bus, a node by its own certificate, a control by the one that it made;
 * and whom it believes there.
 *
 * @param key PKCS #8
 * @param certificate its own, X.509
 * @param authority the fleet's, X.509
 * @param others who it connects to, and who may connect to it
 */
public record BusIdentity(Octets key, Octets certificate, Octets authority, Others others) {
  private static final int NAME_BYTES = 16;

  /** Members that it speaks with. */
  public sealed interface Others {
    /**
     * As a node: it has nothing to say to others, and whoever is let in may fill its memory, for
     * Vert.x takes messages of any length.
     */
    record Controls() implements Others {}

    /**
     * As a control: nodes and other controls.
     *
     * @param removed keys of nodes that aren't any more, {@code JoinToken.fingerprint} of each
     */
    record Fleet(Set<String> removed) implements Others {
      /** Copies them. */
      public Fleet {
        removed = Set.copyOf(removed);
      }
    }
  }

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
