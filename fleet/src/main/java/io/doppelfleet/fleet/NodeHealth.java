package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 */
public record NodeHealth(
    Stamp stamp,
    String version,
    int lag,
    boolean coverDown,
    List<Integer> reached,
    List<Integer> unreached,
    List<OldKeys> oldKeys)
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
}
