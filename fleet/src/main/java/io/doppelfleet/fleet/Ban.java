package io.doppelfleet.fleet;

import java.net.Inet4Address;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that meet the cover site, whatever they know.
 *
 * @param prefix /8..32, or /16..128 of IPv6: a shorter one would ban a good part of the world
 * @param reason one line for people, 1..200 characters
 * @param author who banned it, 1..64 characters
 * @param expiry ends here, in whole seconds; null: when somebody ends it
 */
public record Ban(Prefix prefix, String reason, String author, @Nullable Instant expiry)
    implements Entity {
  private static final int MOST_REASON = 200;
  private static final int MOST_AUTHOR = 64;

  /** Checks the bounds. */
  public Ban {
    int least = prefix.address() instanceof Inet4Address ? 8 : 16;
    if (prefix.length() < least) {
      throw new InvalidValueException(
          "prefix", "is " + prefix + ": a range of /" + least + " or longer would be right");
    }
    Bounds.text("reason", reason, MOST_REASON);
    Bounds.text("author", author, MOST_AUTHOR);
    if (expiry != null) {
      Bounds.time("expiry", expiry);
    }
  }

  /** Whether it holds at this time. */
  public boolean holdsAt(Instant time) {
    return expiry == null || time.isBefore(expiry);
  }

  @Override
  public Kind kind() {
    return Kind.BAN;
  }

  @Override
  public String id() {
    return prefix.toString();
  }
}
