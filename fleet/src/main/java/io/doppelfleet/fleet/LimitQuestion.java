package io.doppelfleet.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node uses of limits that hold over the whole fleet, and what it holds of them: each second
 * as long as there is any, and at once where a client waits for the answer. Over a link it goes
 * from {@link LinkMessage#LIMITS} on.
 *
 * @param stamp of the node
 * @param uses {@value #MOST} at most, each secret once; of one that is missing nothing has changed
 */
public record LimitQuestion(Stamp stamp, List<Use> uses) implements FleetMessage {
  /** Where a control answers it with a {@link LimitAnswer}. */
  public static final String ADDRESS = "doppelfleet.limits";

  /** With names of 64 characters a message of so many has some 200 KB. */
  public static final int MOST = 1_000;

  /**
   * So long after a question that was answered its node holds what it was granted, seconds, and so
   * long after it came the control counts that as held: what a node is granted nobody else is.
   */
  public static final int LEASE_SECONDS = 6;

  /** Copies the list and checks that no secret is in it twice. */
  public LimitQuestion {
    uses = List.copyOf(uses);
    Bounds.number("uses' count", uses.size(), 0, MOST);
    Set<String> seen = new HashSet<>();
    for (Use use : uses) {
      if (!seen.add(use.secret())) {
        throw new InvalidValueException(
            "uses." + use.secret(), "is there twice: once would be right");
      }
    }
  }

  /**
   * Of one secret.
   *
   * @param secret its name
   * @param connections null where they aren't limited, or none are used
   * @param rate the same
   */
  public record Use(String secret, @Nullable Connections connections, @Nullable Rate rate) {
    /** Checks the name. */
    public Use {
      Bounds.name("secret", secret);
    }
  }

  /**
   * A secret's connections at the node.
   *
   * @param taken now
   * @param waiting clients that can't be let in without more
   * @param held how many there may be without asking
   */
  public record Connections(int taken, int waiting, int held) {
    /** Checks the bounds. */
    public Connections {
      Bounds.number("taken", taken, 0, Integer.MAX_VALUE);
      Bounds.number("waiting", waiting, 0, Integer.MAX_VALUE);
      Bounds.number("held", held, 0, Integer.MAX_VALUE);
    }
  }

  /**
   * How fast a secret's bytes pass at the node, bytes a second, both ways together.
   *
   * @param wanted about as much as its clients would use
   * @param held how much may pass
   */
  public record Rate(long wanted, long held) {
    /** Checks the bounds. */
    public Rate {
      Bounds.number("wanted", wanted, 0, Limits.MOST_RATE);
      Bounds.number("held", held, 0, Limits.MOST_RATE);
    }
  }
}
