package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How well a node does what it is there for: sent every two seconds. Over a link it goes from
 * {@link LinkMessage#HEALTH} on.
 *
 * @param stamp of the node
 * @param version of what it runs, one line of {@value #LONGEST_VERSION} characters at most
 * @param lag milliseconds: the longest that an event loop was late by in the last minute
 * @param coverDown whether the last attempt to connect to its cover failed
 * @param reached numbers of the data centres that answered the last client that asked for them,
 *     {@value #MOST_DATACENTERS} at most
 * @param unreached those that didn't; of one that nobody has asked for nothing is known
 * @param oldKeys secrets that have a newer key than the one that connections are by, those with
 *     most such connections first, {@value #MOST_OLD_KEYS} at most, each once
 * @param probes what became of it when it came to itself as a client: the last attempt at each data
 *     centre, {@value #MOST_DATACENTERS} at most; over a link from {@link LinkMessage#PROBES} on
 */
public record NodeHealth(
    Stamp stamp,
    String version,
    int lag,
    boolean coverDown,
    List<Integer> reached,
    List<Integer> unreached,
    List<OldKeys> oldKeys,
    List<Probe> probes)
    implements FleetMessage {
  /** Where nodes send it. */
  public static final String ADDRESS = "doppelfleet.health";

  /** Secrets that are told at once: of so many 50 KB. */
  public static final int MOST_OLD_KEYS = 500;

  private static final int LONGEST_VERSION = 64;
  private static final int MOST_DATACENTERS = 32;

  /** Copies the lists and checks the bounds. */
  public NodeHealth {
    reached = List.copyOf(reached);
    unreached = List.copyOf(unreached);
    oldKeys = List.copyOf(oldKeys);
    probes = List.copyOf(probes);
    Bounds.text("version", version, LONGEST_VERSION);
    Bounds.number("lag", lag, 0, Integer.MAX_VALUE);
    numbers("reached", reached);
    numbers("unreached", unreached);
    Bounds.number("oldKeys' count", oldKeys.size(), 0, MOST_OLD_KEYS);
    Set<String> seen = new HashSet<>();
    for (OldKeys each : oldKeys) {
      if (!seen.add(each.secret())) {
        throw new InvalidValueException(
            "oldKeys." + each.secret(), "is there twice: once would be right");
      }
    }
    Bounds.number("probes' count", probes.size(), 0, MOST_DATACENTERS);
  }

  /** As links of before have it. */
  public NodeHealth withoutProbes() {
    return new NodeHealth(stamp, version, lag, coverDown, reached, unreached, oldKeys, List.of());
  }

  private static void numbers(String field, List<Integer> datacenters) {
    Bounds.number(field + "'s count", datacenters.size(), 0, MOST_DATACENTERS);
    datacenters.forEach(number -> Bounds.number(field, number, 1, Short.MAX_VALUE));
  }

  /**
   * Connections by keys of a secret that has a newer one.
   *
   * @param secret its name
   * @param connections 1 or more
   */
  public record OldKeys(String secret, int connections) {
    /** Checks the bounds. */
    public OldKeys {
      Bounds.name("secret", secret);
      Bounds.number("connections", connections, 1, Integer.MAX_VALUE);
    }
  }

  /**
   * What became of a node's attempts to ask a data centre through itself.
   *
   * @param datacenter its number
   * @param failures how many of them failed since the last that didn't
   * @param failure why the last one did; null where it didn't
   * @param millis how long the last one took that was answered; null where none was
   */
  public record Probe(
      int datacenter, int failures, @Nullable Failure failure, @Nullable Integer millis) {
    /** So many failures in a row: one or two may be chance. */
    public static final int FAILING = 3;

    /** Checks the bounds. */
    public Probe {
      Bounds.number("datacenter", datacenter, 1, Short.MAX_VALUE);
      Bounds.number("failures", failures, 0, Integer.MAX_VALUE);
      if (millis != null) {
        Bounds.number("millis", millis, 0, Integer.MAX_VALUE);
      }
      if ((failure == null) != (failures == 0)) {
        throw new InvalidValueException(
            "failure", "is right where there are failures, and nowhere else");
      }
      if (failures == 0 && millis == null) {
        throw new InvalidValueException("millis", "is missing: the last attempt took some");
      }
    }

    /** Whether so many failed that it is no chance. */
    public boolean isFailing() {
      return failures >= FAILING;
    }
  }

  /** How far such an attempt came. */
  public enum Failure {
    /** Its listener took no connection. */
    LISTENER("its listener takes no connection"),
    /** No answer to the hello in time. */
    SILENT("it answers no hello"),
    /** Another answer than a client's: the cover's, or an end. */
    STRANGER("it takes its own hello for a stranger's"),
    /** The node gave up. */
    UNREACHED("it gets no connection there"),
    /** A connection, and no answer in time. */
    LATE("it is connected there, and nothing comes"),
    /** Another answer than a data centre's, or an end. */
    GARBAGE("what answers there is no data centre");

    private final String words;

    Failure(String words) {
      this.words = words;
    }

    /** For the operator, of a node. */
    public String words() {
      return words;
    }
  }
}
