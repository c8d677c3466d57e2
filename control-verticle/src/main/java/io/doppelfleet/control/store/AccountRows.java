package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Sql.at;
import static io.doppelfleet.control.store.Sql.instant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Accounts and their sessions on one connection. */
final class AccountRows {
  /** Of one account. */
  private static final int MOST_SESSIONS = 20;

  private static final String SELECT =
      "SELECT name, role, created_at, password, invitation_ends_at, totp_since FROM account ";

  private final Sql sql;

  AccountRows(Connection connection) {
    this.sql = new Sql(connection);
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
    try (PreparedStatement select = sql.prepared(SELECT + where, parameters);
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
    sql.update(
        "INSERT INTO account (name, role, created_at) VALUES (?, ?, ?)",
        name,
        role.word(),
        at(now));
  }

  boolean invite(String name, String invitation, Instant until) throws SQLException {
    return sql.update(
            "UPDATE account SET invitation = ?, invitation_ends_at = ? WHERE name = ?",
            invitation,
            at(until),
            name)
        > 0;
  }

  void setRole(String name, Role role) throws SQLException {
    sql.update("UPDATE account SET role = ? WHERE name = ?", role.word(), name);
  }

  void setPassword(String name, String password) throws SQLException {
    sql.update(
        "UPDATE account SET password = ?, invitation = NULL, invitation_ends_at = NULL"
            + " WHERE name = ?",
        password,
        name);
  }

  boolean remove(String name) throws SQLException {
    return sql.update("DELETE FROM account WHERE name = ?", name) > 0;
  }

  void open(String name, String hash, Instant until, Instant now) throws SQLException {
    sql.update("DELETE FROM web_session WHERE ends_at <= ?", at(now));
    sql.update(
        "INSERT INTO web_session (hash, account, ends_at) VALUES (?, ?, ?)", hash, name, at(until));
    sql.update(
        "DELETE FROM web_session WHERE account = ? AND hash NOT IN (SELECT hash FROM web_session"
            + " WHERE account = ? ORDER BY ends_at DESC LIMIT "
            + MOST_SESSIONS
            + ")",
        name,
        name);
  }

  void close(String hash) throws SQLException {
    sql.update("DELETE FROM web_session WHERE hash = ?", hash);
  }

  /** All of an account but one, which may be of nobody. */
  void endOtherSessions(String name, String kept) throws SQLException {
    sql.update("DELETE FROM web_session WHERE account = ? AND hash <> ?", name, kept);
  }

  void endSessions(String name) throws SQLException {
    sql.update("DELETE FROM web_session WHERE account = ?", name);
  }
}
