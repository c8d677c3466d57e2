package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Sql.at;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.AuditEntry.Place;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was done that no revision tells of, on one connection. */
final class AuditRows {
  private static final int FORMAT = 1;

  /** Entries of changes; the oldest go when there are more. */
  private static final int MOST_CHANGES = 20_000;

  /** Of each of what is done often: who tries in vain pushes nobody out who came in. */
  private static final int MOST_OTHERS = 5_000;

  /** Of these by one person or program. */
  static final int MOST_OTHERS_OF_ONE = 500;

  /** What whoever may no more than that can do as often as they like. */
  private static final Set<Kind> OTHERS = Set.of(Kind.SESSION, Kind.QUESTION, Kind.RULE);

  private static final Duration KEPT = Duration.ofDays(400);

  private final Sql sql;

  AuditRows(Connection connection) {
    this.sql = new Sql(connection);
  }

  /** How often any of a kind was changed, from 1. */
  long version(Kind kind) throws SQLException {
    return number("SELECT version FROM kind_version WHERE kind = ?", kind.word());
  }

  /**
   * Sees to it that who changes one of a kind has seen the present ones.
   *
   * @throws SeenException where they haven't
   */
  void check(Kind kind, @Nullable Long seen) throws SQLException, SeenException {
    long present = version(kind);
    if (seen != null && seen != present) {
      throw new SeenException(kind.word(), seen, present);
    }
  }

  /** Writes what is changed in this transaction, which has the lock; the version that has it. */
  long changed(Edit edit, Deed deed, Instant now) throws SQLException {
    note(edit, deed, now);
    sql.update("UPDATE kind_version SET version = version + 1 WHERE kind = ?", deed.kind().word());
    return version(deed.kind());
  }

  /** The same of what changes none of a kind; and what is kept no longer goes. */
  void note(Edit edit, Deed deed, Instant now) throws SQLException {
    JsonObject before = deed.before();
    JsonObject after = deed.after();
    sql.update(
        "INSERT INTO audit (revision, done_at, author, origin, kind, subject, what, format,"
            + " before_json, after_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        number("SELECT COALESCE(MAX(number), 0) FROM revision"),
        at(now),
        edit.author(),
        edit.origin(),
        deed.kind().word(),
        deed.subject(),
        edit.what(),
        FORMAT,
        before == null ? null : before.encode(),
        after == null ? null : after.encode());
    sql.update("DELETE FROM audit WHERE done_at < ?", at(now.minus(KEPT)));
    String same =
        switch (deed.kind()) {
          case SESSION ->
              "kind = 'session' AND author " + (edit.author().isEmpty() ? "=" : "<>") + " ''";
          case QUESTION, RULE -> "kind = '" + deed.kind().word() + "'";
          case ACCOUNT, TOKEN, NODE, KEY -> "kind IN ('account', 'token', 'node', 'key')";
          case UNKNOWN -> throw new IllegalArgumentException("nothing is known to be of that kind");
        };
    boolean other = OTHERS.contains(deed.kind());
    if (other && !edit.author().isEmpty()) { // nobody pushes out what others did
      keep(same + " AND author = ?", MOST_OTHERS_OF_ONE, edit.author());
    }
    keep(same, other ? MOST_OTHERS : MOST_CHANGES);
  }

  /** When what is the last to go was done, where one more of a kind has some go; else null. */
  @Nullable Instant lastToGo(Kind kind, String author) throws SQLException {
    Instant own = oldest(MOST_OTHERS_OF_ONE, "kind = ? AND author = ?", kind.word(), author);
    Instant all = oldest(MOST_OTHERS, "kind = ?", kind.word());
    return own == null || (all != null && all.isAfter(own)) ? all : own;
  }

  /** When the last was done of so many, from the newest on; null where there are fewer. */
  private @Nullable Instant oldest(int count, String which, Object... parameters)
      throws SQLException {
    try (PreparedStatement select =
            sql.prepared(
                "SELECT done_at FROM audit WHERE "
                    + which
                    + " ORDER BY id DESC OFFSET "
                    + (count - 1)
                    + " ROWS FETCH FIRST 1 ROW ONLY",
                parameters);
        ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getObject(1, OffsetDateTime.class).toInstant() : null;
    }
  }

  /** The newest of these. */
  private void keep(String which, int most, Object... parameters) throws SQLException {
    List<Object> twice = new ArrayList<>(List.of(parameters));
    twice.addAll(List.of(parameters));
    sql.update(
        "DELETE FROM audit WHERE "
            + which
            + " AND id <= (SELECT id FROM audit WHERE "
            + which
            + " ORDER BY id DESC OFFSET "
            + most
            + " ROWS FETCH FIRST 1 ROW ONLY)",
        twice.toArray());
  }

  /** Those before a place, the newest first. */
  List<AuditEntry> before(Place place, int most) throws SQLException {
    List<AuditEntry> all = new ArrayList<>();
    try (PreparedStatement select =
        sql.prepared(
            "SELECT revision, id, done_at, author, origin, what, kind, subject, format,"
                + " before_json, after_json FROM audit"
                + " WHERE revision < ? OR (revision = ? AND id < ?)"
                + " ORDER BY revision DESC, id DESC FETCH FIRST "
                + most
                + " ROWS ONLY",
            place.revision(),
            place.revision(),
            place.id())) {
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(entry(rows));
        }
      }
    }
    return all;
  }

  /** From where somebody signed in since a time, and when last; the longest ago first. */
  Map<String, Instant> signedIn(Instant since, int most) throws SQLException {
    SequencedMap<String, Instant> all = new LinkedHashMap<>();
    try (PreparedStatement select =
            sql.prepared(
                "SELECT origin, MAX(done_at) FROM audit"
                    + " WHERE kind = 'session' AND author <> '' AND done_at > ?"
                    + " GROUP BY origin ORDER BY MAX(done_at) DESC FETCH FIRST "
                    + most
                    + " ROWS ONLY",
                at(since));
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.putFirst(rows.getString(1), rows.getObject(2, OffsetDateTime.class).toInstant());
      }
    }
    return all;
  }

  /** Of another format than this one's as much is told as is no JSON. */
  private static AuditEntry entry(ResultSet rows) throws SQLException {
    boolean known = rows.getInt(9) == FORMAT;
    return new AuditEntry(
        new Place(rows.getLong(1), rows.getLong(2)),
        rows.getObject(3, OffsetDateTime.class).toInstant(),
        new Edit(rows.getString(4), rows.getString(5), rows.getString(6)),
        new Deed(
            Kind.of(rows.getString(7)),
            rows.getString(8),
            known ? json(rows.getString(10)) : null,
            known ? json(rows.getString(11)) : null));
  }

  private static @Nullable JsonObject json(@Nullable String text) {
    return text == null ? null : new JsonObject(text);
  }

  private long number(String text, Object... parameters) throws SQLException {
    try (PreparedStatement select = sql.prepared(text, parameters);
        ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
