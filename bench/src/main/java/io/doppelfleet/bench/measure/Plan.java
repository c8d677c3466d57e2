package io.doppelfleet.bench.measure;

import java.util.List;
import java.util.Set;

/**
 * What to measure.
 *
 * @param parts of it, in the order of {@link Part}
 * @param runs of everything; medians are shown
 * @param transferBytes down and up
 * @param echoes connections that echo besides
 * @param held numbers of connections to hold
 * @param secrets numbers of secrets to shake hands under
 * @param handshakes of each kind at most
 */
public record Plan(
    Set<Part> parts,
    int runs,
    long transferBytes,
    int echoes,
    List<Integer> held,
    List<Integer> secrets,
    int handshakes) {

  /** What can be measured for itself. */
  public enum Part {
    /** Start, transfers and echoes. */
    TRANSFERS,
    /** Memory of held connections. */
    HELD,
    /** Connections that come and go. */
    HANDSHAKES
  }

  /** Copies the collections. */
  public Plan {
    parts = Set.copyOf(parts);
    held = List.copyOf(held);
    secrets = List.copyOf(secrets);
  }
}
