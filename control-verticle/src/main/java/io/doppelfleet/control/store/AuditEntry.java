package io.doppelfleet.control.store;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done.
 *
 * @param place where it stands among all
 * @param at when, by the clock of the control that wrote it
 * @param edit who did it, from where, and what
 * @param deed what was changed; null: the revision of this place's number was written
 */
public record AuditEntry(Place place, Instant at, Edit edit, @Nullable Deed deed) {
  /** What entries are of that no revision tells of. */
  public enum Kind {
    /** A person who may use the API. */
    ACCOUNT,
    /** A program's token. */
    TOKEN,
    /** A machine that is a node, or may become one. */
    NODE,
    /** Somebody who came in, or tried to: then nobody is its author. */
    SESSION,
    /** Somebody who asked what tells of clients. */
    QUESTION,
    /** A ban by a rule, which somebody lifted. */
    RULE,
    /** The key that the store is sealed under. */
    KEY,
    /** What a newer version has written, for which there is no word here; it is never written. */
    UNKNOWN;

    /** Its name in JSON and the store. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** That of a name in the store: controls of two versions may share it. */
    static Kind of(String word) {
      return Arrays.stream(values())
          .filter(kind -> kind.word().equals(word))
          .findFirst()
          .orElse(UNKNOWN);
    }
  }

  /**
   * What is done stands after the revision that was the present one, in the order in which it was
   * written, whatever clocks say.
   *
   * @param revision its number
   * @param id 1 or more; 0: the revision itself
   */
  public record Place(long revision, long id) {
    /** After all that ever is. */
    public static final Place END = new Place(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * What was changed.
   *
   * @param subject its name; empty: none that is known
   * @param before as it was, without what is secret; null: it wasn't there, or nothing is told
   * @param after as it is since
   */
  public record Deed(
      Kind kind, String subject, @Nullable JsonObject before, @Nullable JsonObject after) {}
}
