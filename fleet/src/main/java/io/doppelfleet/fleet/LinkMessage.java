package io.doppelfleet.fleet;

/**
 * What the two ends of a link between a node and a control tell each other of the link itself.
 * {@link FleetMessage}s go over it as they are. {@link LinkJson} is their form.
 */
public sealed interface LinkMessage {
  /** A key or certificate of ours has some hundred bytes. */
  int MOST_BYTES = 2_000;

  /** The first version of a link, whose ends say nothing of versions. */
  int FIRST = 1;

  /** From this one on the ends tell each other of hellos: {@link SeenHellos}, frames of kind 5. */
  int HELLOS = 2;

  /** From this one on controls ask nodes too: {@link BanQuestion}. */
  int ASKED_NODES = 3;

  /** From this one on nodes tell how well they do: {@link NodeHealth}. */
  int HEALTH = 4;

  /** From this one on both tell of bans by rules: {@link NodeLeases}, frames of kind 6. */
  int LEASES = 5;

  /** From this one on a node's health says what became of its own probes, too. */
  int PROBES = 6;

  /** From this one on nodes share limits with each other: {@link LimitQuestion}. */
  int LIMITS = 7;

  /** What this end understands. */
  int NEWEST = LIMITS;

  /**
   * A machine wants to become a node: the first word on a link without a certificate.
   *
   * @param secret of the token, {@link JoinToken#SECRET_LENGTH} bytes
   * @param key its public key, X.509
   */
  record Join(Octets secret, Octets key) implements LinkMessage {
    /** Checks their number. */
    public Join {
      Bounds.number(
          "secret's length", secret.length(), JoinToken.SECRET_LENGTH, JoinToken.SECRET_LENGTH);
      length("key", key, MOST_BYTES);
    }
  }

  /**
   * It is a node now.
   *
   * @param name what the operator calls it
   * @param sender what its messages are stamped with
   * @param certificate its own, X.509
   * @param authority who signs certificates, X.509
   * @param states the public key of who signs states, X.509
   */
  record Joined(String name, String sender, Octets certificate, Octets authority, Octets states)
      implements LinkMessage {
    /** Checks the bounds. */
    public Joined {
      Bounds.name("name", name);
      Bounds.name("sender", sender);
      length("certificate", certificate, MOST_BYTES);
      length("authority", authority, MOST_BYTES);
      length("states", states, MOST_BYTES);
    }
  }

  /**
   * A node begins: the first word on a link with a certificate.
   *
   * @param instance what tells this process from another that has the same identity: 32 hex digits
   * @param version the newest that the node understands, 1 or more. Controls of before refuse a
   *     hello that says more than 1, so who is refused says 1
   */
  record Hello(String instance, int version) implements LinkMessage {
    /** Checks the digits and the number. */
    public Hello {
      Bounds.number("version", version, FIRST, Integer.MAX_VALUE);
      if (!instance.matches("[0-9a-f]{32}")) {
        throw new InvalidValueException("instance", "is no 32 hex digits, which would be right");
      }
    }
  }

  /**
   * The link is open.
   *
   * @param epoch of the node's messages, greater than that of each link before
   * @param version of this link: the newest that both ends understand, 1 or more
   */
  record Welcome(long epoch, int version) implements LinkMessage {
    /** Checks the bounds. */
    public Welcome {
      Bounds.number("version", version, FIRST, Integer.MAX_VALUE);
      Bounds.number("epoch", epoch, 1, Long.MAX_VALUE);
    }
  }

  /**
   * The link is not, or no longer, open.
   *
   * @param kind what the other end is to make of it
   * @param why for its operator
   */
  record Refusal(Kind kind, String why) implements LinkMessage {
    private static final int MOST_WHY = 300;

    /** Checks the bounds. */
    public Refusal {
      Bounds.text("why", why, MOST_WHY);
    }

    /** With as much of the reason as one line takes. */
    public static Refusal of(Kind kind, String why) {
      String line = why.replaceAll("\\p{Cntrl}", " ");
      return new Refusal(kind, line.substring(0, Math.min(line.length(), MOST_WHY)));
    }

    /** What is to follow. */
    public enum Kind {
      /** It may be otherwise next time. */
      LATER,
      /** The token or the message is wrong, whenever it is brought. */
      WRONG,
      /** The node belongs to the fleet no more. */
      REMOVED
    }
  }

  /** A node wants a new certificate for its key. */
  record Renewal() implements LinkMessage {}

  /**
   * The new certificate.
   *
   * @param certificate X.509
   */
  record Renewed(Octets certificate) implements LinkMessage {
    /** Checks their number. */
    public Renewed {
      length("certificate", certificate, MOST_BYTES);
    }
  }

  /**
   * The node is to take no more clients, let those that it has finish, and end.
   *
   * @param seconds how long they may take, {@value #LONGEST} at most
   */
  record Drain(long seconds) implements LinkMessage {
    /** An hour. */
    public static final long LONGEST = 3_600;

    /** Checks the time. */
    public Drain {
      Bounds.number("seconds", seconds, 0, LONGEST);
    }
  }

  /** That this end is there. */
  record Beat() implements LinkMessage {}

  private static void length(String field, Octets bytes, int most) {
    Bounds.number(field + "'s length", bytes.length(), 1, most);
  }
}
