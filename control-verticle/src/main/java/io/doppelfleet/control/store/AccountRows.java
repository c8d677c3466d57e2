package io.doppelfleet.control.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Accounts and their sessions on one connection. */
final class AccountRows {
  /** Of one account. */
  private static final int MOST_SESSIONS = 20;

  private static final String SELECT =
      "SELECT name, role, created_at, password, invitation_ends_at, totp_since FROM account ";

  private final Connection connection;

  AccountRows(Connection connection) {
    this.connection = connection;
  }

  Optional<Account> named(String name) throws SQLException {
    return select("WHERE name = ?", name).stream().findFirst();
  }

  List<Account> all() throws SQLException {
    return select("ORDER BY name");
  }

  Optional<Account> invited(String invitation, Instant now) throws SQLException {
    return select("WHERE invitation = ? AND invitation_ends_at > ?", invitation, at(now)).stream()
        .findFirst();
  }

  Optional<Account> session(String hash, Instant now) throws SQLException {
    return select(
            "WHERE name = (SELECT account FROM web_session WHERE hash = ? AND ends_at > ?)",
            hash,
            at(now))
        .stream()
        .findFirst();
  }

  private List<Account> select(String where, Object... parameters) throws SQLException {
    List<Account> found = new ArrayList<>();
    try (PreparedStatement select = prepared(SELECT + where, parameters);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(
            new Account(
                rows.getString(1),
                Role.of(rows.getString(2)),
                rows.getObject(3, OffsetDateTime.class).toInstant(),
                rows.getString(4),
                instant(rows, 6) != null,
                instant(rows, 5)));
      }
    }
    return found;
  }

  void insert(String name, Role role, Instant now) throws SQLException {
    update(
        "INSERT INTO account (name, role, created_at) VALUES (?, ?, ?)",
        name,
        role.word(),
        at(now));
  }

  boolean invite(String name, String invitation, Instant until) throws SQLException {
    return update(
            "UPDATE account SET invitation = ?, invitation_ends_at = ? WHERE name = ?",
            invitation,
            at(until),
            name)
        > 0;
  }

  void setRole(String name, Role role) throws SQLException {
    update("UPDATE account SET role = ? WHERE name = ?", role.word(), name);
  }

  void setPassword(String name, String password) throws SQLException {
    update(
        "UPDATE account SET password = ?, invitation = NULL, invitation_ends_at = NULL"
            + " WHERE name = ?",
        password,
        name);
  }

  boolean remove(String name) throws SQLException {
    return update("DELETE FROM account WHERE name = ?", name) > 0;
  }

  void open(String name, String hash, Instant until, Instant now) throws SQLException {
    update("DELETE FROM web_session WHERE ends_at <= ?", at(now));
    update(
        "INSERT INTO web_session (hash, account, ends_at) VALUES (?, ?, ?)", hash, name, at(until));
    update(
        "DELETE FROM web_session WHERE account = ? AND hash NOT IN (SELECT hash FROM web_session"
            + " WHERE account = ? ORDER BY ends_at DESC LIMIT "
            + MOST_SESSIONS
            + ")",
        name,
        name);
  }

  void close(String hash) throws SQLException {
    update("DELETE FROM web_session WHERE hash = ?", hash);
  }

  /** All of an account but one, which may be of nobody. */
  void endOtherSessions(String name, String kept) throws SQLException {
    update("DELETE FROM web_session WHERE account = ? AND hash <> ?", name, kept);
  }

  void endSessions(String name) throws SQLException {
    update("DELETE FROM web_session WHERE account = ?", name);
  }

  private int update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement update = prepared(sql, parameters)) {
      return update.executeUpdate();
    }
  }

  private PreparedStatement prepared(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  private static OffsetDateTime at(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
    OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
