package io.doppelfleet.bench.measure;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What to measure.
 *
 * @param quick whether it is so little that the figures say nothing
 * @param parts of it, in the order of {@link Part}
 * @param runs of all but memory; medians are shown
 * @param memoryRuns each with a new node
 * @param transferBytes of one transfer
 * @param flows numbers of connections that share one
 * @param echoes numbers of connections that echo
 * @param from connections to hold before memory is looked at first
 * @param held connections to hold when it is looked at again
 * @param burst connections that come at once
 * @param slow connections that read slowly
 * @param secrets numbers of secrets to shake hands under
 * @param span how long echoes, handshakes and the like go on
 * @param settle how long a process is left alone before its memory is read; twice that after a
 *     burst
 * @param shaping {@code proxy.shaping} of all nodes: {@code off}, {@code light} or {@code full}
 */
public record Plan(
    boolean quick,
    Set<Part> parts,
    int runs,
    int memoryRuns,
    long transferBytes,
    List<Integer> flows,
    List<Integer> echoes,
    int from,
    int held,
    int burst,
    int slow,
    List<Integer> secrets,
    Duration span,
    Duration settle,
    String shaping) {

  /** What can be measured for itself. */
  public enum Part {
    /** From nothing to the first answer. */
    START,
    /** Memory of held connections and after a burst. */
    MEMORY,
    /** Content, down and up. */
    TRANSFERS,
    /** Messages that come back. */
    ECHOES,
    /** The same while others move content. */
    BESIDE,
    /** Connections that come and go. */
    HANDSHAKES,
    /** Two event loops against one. */
    LOOPS,
    /** Clients that read slowly. */
    SLOW
  }

  /** Copies the collections. */
  public Plan {
    parts = Set.copyOf(parts);
    flows = List.copyOf(flows);
    echoes = List.copyOf(echoes);
    secrets = List.copyOf(secrets);
  }
}
