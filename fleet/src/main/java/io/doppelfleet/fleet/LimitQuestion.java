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
 * @param uses {@value #MOST} at most, each secret once; of one that is missing nothing has changed,
 *     and after {@link #LEASE_SECONDS} without it nothing is held
 */
public record LimitQuestion(Stamp stamp, List<Use> uses) implements FleetMessage {
  /** Where a control answers it with a {@link LimitAnswer}. */
  public static final String ADDRESS = "doppelfleet.limits";

  /** With names of 64 characters a message of so many has some 200 KB. */
  public static final int MOST = 1_000;

  /** Tokens of addresses of one secret that are told at once, of either kind. */
  public static final int MOST_TOKENS = 1_000;

  /** Of all secrets together: 80 KB. */
  public static final int MOST_TOKENS_IN_ALL = 20_000;

  /** Of a token. */
  public static final int TOKEN_BITS = 24;

  /**
   * So long after a question that was answered its node holds what it was granted of the secrets in
   * it, seconds, and so long after it came the control counts that as held: what a node is granted
   * nobody else is.
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
    Bounds.number(
        "addresses' count", uses.stream().mapToInt(Use::tokens).sum(), 0, MOST_TOKENS_IN_ALL);
  }

  /**
   * Of one secret.
   *
   * @param secret its name
   * @param connections null where they aren't limited, or none are used
   * @param addresses null where they aren't limited, or none has been seen
   * @param rate null where it isn't limited, or none is used
   */
  public record Use(
      String secret,
      @Nullable Connections connections,
      @Nullable Addresses addresses,
      @Nullable Rate rate) {
    /** Checks the name. */
    public Use {
      Bounds.name("secret", secret);
    }

    /** Of addresses. */
    public int tokens() {
      return addresses == null ? 0 : addresses.wanted.size() + addresses.seen.size();
    }
  }

  /**
   * From where a secret's clients came to the node, as tokens that tell nobody who hasn't the
   * secret's key: {@link #TOKEN_BITS} bits of a digest under it each.
   *
   * @param generation of the key
   * @param wanted of those who wait, {@link #MOST_TOKENS} at most
   * @param seen of those who came since the last question, as many at most
   */
  public record Addresses(int generation, List<Integer> wanted, List<Integer> seen) {
    /** Copies the lists and checks the bounds. */
    public Addresses {
      Bounds.number("generation", generation, 1, Integer.MAX_VALUE);
      wanted = tokens("wanted", wanted);
      seen = tokens("seen", seen);
    }
  }

  /** A copy that was checked. */
  static List<Integer> tokens(String field, List<Integer> tokens) {
    Bounds.number(field + "'s count", tokens.size(), 0, MOST_TOKENS);
    tokens.forEach(token -> Bounds.number(field, token, 0, (1L << TOKEN_BITS) - 1));
    return List.copyOf(tokens);
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
