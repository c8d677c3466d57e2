package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Sql.at;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Calls that brought an Idempotency-Key on one connection. */
final class RepeatRows {
  private static final int FORMAT = 1;

  private final Connection connection;
  private final Seals seals;

  RepeatRows(Connection connection, Seals seals) {
    this.connection = connection;
    this.seals = seals;
  }

  /**
   * A call.
   *
   * @param status 0: it isn't answered yet
   * @param body null: not answered yet, or kept no longer
   */
  record Row(
      String request,
      Instant began,
      int status,
      long version,
      @Nullable Octets body,
      Instant kept) {}

  /** That of this hash, where it began after a time. */
  @Nullable Row of(String hash, Instant after) throws SQLException, SealException, StoreException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT request, began_at, status, version, format, sealed, kept_until"
                + " FROM repeatable_call WHERE hash = ? AND began_at > ?")) {
      select.setString(1, hash);
      select.setObject(2, at(after));
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? row(rows, hash) : null;
      }
    }
  }

  private Row row(ResultSet rows, String hash) throws SQLException, SealException, StoreException {
    byte[] sealed = rows.getBytes(6);
    if (sealed != null && rows.getInt(5) != FORMAT) {
      throw new StoreException(
          "an answer is of format " + rows.getInt(5) + ": run the version that wrote it");
    }
    OffsetDateTime kept = rows.getObject(7, OffsetDateTime.class);
    return new Row(
        rows.getString(1),
        rows.getObject(2, OffsetDateTime.class).toInstant(),
        rows.getInt(3),
        rows.getLong(4),
        sealed == null ? null : Octets.of(seals.open(sealed, about(hash))),
        kept == null ? Instant.EPOCH : kept.toInstant());
  }

  long count() throws SQLException {
    return count("SELECT COUNT(*) FROM repeatable_call", null);
  }

  long countOf(String caller) throws SQLException {
    return count("SELECT COUNT(*) FROM repeatable_call WHERE caller = ?", caller);
  }

  private long count(String sql, @Nullable String parameter) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      if (parameter != null) {
        select.setString(1, parameter);
      }
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  void insert(Repeats.Key key, Instant now) throws SQLException {
    remove(key.hash()); // one that is remembered no longer
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO repeatable_call (hash, caller, request, began_at) VALUES (?, ?, ?, ?)")) {
      insert.setString(1, key.hash());
      insert.setString(2, key.caller());
      insert.setString(3, key.request());
      insert.setObject(4, at(now));
      insert.executeUpdate();
    }
  }

  /** With a key that seals it; null: its body isn't kept. */
  void answer(String hash, Claim.Answered answer, @Nullable SealKey key, Instant kept)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE repeatable_call SET status = ?, version = ?, format = ?, sealed = ?,"
                + " kept_until = ? WHERE hash = ?")) {
      update.setInt(1, answer.status());
      update.setLong(2, answer.version());
      update.setInt(3, FORMAT);
      update.setBytes(4, key == null ? null : seals.seal(key, answer.body().bytes(), about(hash)));
      update.setObject(5, at(kept));
      update.setString(6, hash);
      update.executeUpdate();
    }
  }

  void remove(String hash) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM repeatable_call WHERE hash = ?")) {
      delete.setString(1, hash);
      delete.executeUpdate();
    }
  }

  /** Forgets calls that began before a time, and answers that are kept no longer. */
  void tidy(Instant now, Instant before) throws SQLException {
    update("DELETE FROM repeatable_call WHERE began_at <= ?", before);
    update(
        "UPDATE repeatable_call SET sealed = NULL WHERE sealed IS NOT NULL AND kept_until <= ?",
        now);
  }

  /** All answers, which are sealed under a key that goes. */
  void forgetAnswers() throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE repeatable_call SET sealed = NULL")) {
      update.executeUpdate();
    }
  }

  private void update(String sql, Instant time) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setObject(1, at(time));
      update.executeUpdate();
    }
  }

  private static String about(String hash) {
    return "answer to " + hash;
  }
}
