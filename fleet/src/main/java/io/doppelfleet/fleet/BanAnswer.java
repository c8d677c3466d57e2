package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many connections a ban would cut on a node: never whose addresses they have.
 *
 * @param stamp of the node
 * @param connections all of them
 * @param secrets those that have most, {@value #MOST_SECRETS} at most, each once; none where {@link
 *     BanQuestion#namesSecrets} isn't so
 */
public record BanAnswer(Stamp stamp, int connections, List<Reached> secrets)
    implements FleetMessage {
  /** More than an operator reads; an answer is 100 KB long at most. */
  public static final int MOST_SECRETS = 1_000;

  /** Copies the list and checks the bounds. */
  public BanAnswer {
    secrets = List.copyOf(secrets);
    Bounds.number("connections", connections, 0, Integer.MAX_VALUE);
    Bounds.number("secrets' count", secrets.size(), 0, MOST_SECRETS);
    Set<String> seen = new HashSet<>();
    for (Reached each : secrets) {
      if (!seen.add(each.secret())) {
        throw new InvalidValueException(
            "secrets." + each.secret(), "is there twice: once would be right");
      }
    }
  }

  /**
   * Those of one secret.
   *
   * @param secret its name
   * @param connections 1 or more
   */
  public record Reached(String secret, int connections) {
    /** Checks the bounds. */
    public Reached {
      Bounds.name("secret", secret);
      Bounds.number("connections", connections, 1, Integer.MAX_VALUE);
    }
  }
}
