package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Sql.at;
import static io.doppelfleet.control.store.Sql.instant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes and tokens on one connection. */
final class NodeRows {
  /** So long it is still known that a token has ended, or was used. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private static final String SELECT =
      "SELECT id, name, joined_at, seen_at, removed_at, epoch, instance FROM node WHERE ";

  private final Connection connection;

  NodeRows(Connection connection) {
    this.connection = connection;
  }

  /** A token that was made once. */
  record Token(String name, Instant expires, @Nullable Instant used) {}

  /**
   * A node that was one once.
   *
   * @param instance the process that has its link; null: none, as far as is known
   */
  record Known(Member member, boolean removed, long epoch, @Nullable String instance) {}

  void invite(String name, String hash, Instant expires, Instant now) throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM join_token WHERE (name = ? AND used_at IS NULL) OR expires_at < ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO join_token (hash, name, expires_at) VALUES (?, ?, ?)")) {
      delete.setString(1, name);
      delete.setObject(2, at(now.minus(REMEMBERED)));
      delete.executeUpdate();
      insert.setString(1, hash);
      insert.setString(2, name);
      insert.setObject(3, at(expires));
      insert.executeUpdate();
    }
  }

  @Nullable Token token(String hash) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name, expires_at, used_at FROM join_token WHERE hash = ?")) {
      select.setString(1, hash);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? new Token(
                rows.getString(1),
                rows.getObject(2, OffsetDateTime.class).toInstant(),
                instant(rows, 3))
            : null;
      }
    }
  }

  void use(String hash, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE join_token SET used_at = ? WHERE hash = ?")) {
      update.setObject(1, at(now));
      update.setString(2, hash);
      update.executeUpdate();
    }
  }

  Member join(String name, String fingerprint, Instant now) throws SQLException {
    long id = 1;
    try (PreparedStatement select =
            connection.prepareStatement("SELECT COALESCE(MAX(id), 0) + 1 FROM node");
        ResultSet rows = select.executeQuery()) {
      if (rows.next()) {
        id = rows.getLong(1);
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO node (id, name, present, fingerprint, joined_at, epoch)"
                + " VALUES (?, ?, ?, ?, ?, 0)")) {
      insert.setLong(1, id);
      insert.setString(2, name);
      insert.setString(3, name);
      insert.setString(4, fingerprint);
      insert.setObject(5, at(now));
      insert.executeUpdate();
    }
    return new Member(id, name, now, null);
  }

  /** One that belongs to the fleet, by its name. */
  @Nullable Member named(String name) throws SQLException {
    List<Known> found = known("present = ?", name);
    return found.isEmpty() ? null : found.getFirst().member();
  }

  /** One that belongs to it or did once. */
  @Nullable Known byKey(String fingerprint) throws SQLException {
    List<Known> found = known("fingerprint = ?", fingerprint);
    return found.isEmpty() ? null : found.getFirst();
  }

  List<Member> all() throws SQLException {
    return known("present IS NOT NULL ORDER BY name").stream().map(Known::member).toList();
  }

  Map<String, String> names() throws SQLException {
    Map<String, String> all = new HashMap<>();
    for (Known known : known("id > 0")) {
      all.put(known.member().sender(), known.member().name());
    }
    return all;
  }

  private List<Known> known(String where, String... parameters) throws SQLException {
    List<Known> all = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(SELECT + where)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Instant joined = rows.getObject(3, OffsetDateTime.class).toInstant();
          all.add(
              new Known(
                  new Member(rows.getLong(1), rows.getString(2), joined, instant(rows, 4)),
                  instant(rows, 5) != null,
                  rows.getLong(6),
                  rows.getString(7)));
        }
      }
    }
    return all;
  }

  /** The epoch of the new link of one of its processes. */
  long open(Known known, String instance, Instant now) throws SQLException {
    long epoch = known.epoch() + 1;
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE node SET epoch = ?, seen_at = ?, instance = ? WHERE id = ?")) {
      update.setLong(1, epoch);
      update.setObject(2, at(now));
      update.setString(3, instance);
      update.setLong(4, known.member().id());
      update.executeUpdate();
    }
    return epoch;
  }

  /** Nobody has the link of this epoch any more. */
  void left(long id, long epoch, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE node SET seen_at = ?, instance = NULL WHERE id = ? AND epoch = ?")) {
      update.setObject(1, at(now));
      update.setLong(2, id);
      update.setLong(3, epoch);
      update.executeUpdate();
    }
  }

  void seen(Collection<Long> ids, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE node SET seen_at = ? WHERE id = ?")) {
      for (long id : ids) {
        update.setObject(1, at(now));
        update.setLong(2, id);
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  Map<Long, Standing> standings() throws SQLException {
    Map<Long, Standing> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT id, epoch, instance, present FROM node");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.put(
            rows.getLong(1),
            new Standing(rows.getLong(2), rows.getString(3), rows.getString(4) == null));
      }
    }
    return all;
  }

  Set<String> removedKeys() throws SQLException {
    Set<String> all = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT fingerprint FROM node WHERE present IS NULL");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  void remove(long id, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE node SET present = NULL, removed_at = ? WHERE id = ?")) {
      update.setObject(1, at(now));
      update.setLong(2, id);
      update.executeUpdate();
    }
  }
}
