package io.doppelfleet.control.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tokens by which programs use the API; the store has hashes of them alone. Safe for use by many
 * threads, all of which it may block: none may be an event loop.
 */
public final class ApiTokens {
  private static final String SELECT =
      "SELECT name, role, created_at, created_by, ends_at FROM api_token ";

  private final Transactions transactions;
  private final Clock clock;

  ApiTokens(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Adds one, where its name isn't that of one that is good yet.
   *
   * @param hash hex of SHA-256
   * @return whether the name is free
   * @throws StoreException where the store is away
   */
  public boolean add(String name, Role role, String by, Instant ends, String hash)
      throws StoreException {
    return transactions.run(
        "the token can't be written",
        (connection, rows) -> {
          Transactions.locked(rows);
          try (PreparedStatement ended =
              connection.prepareStatement("DELETE FROM api_token WHERE ends_at <= ?")) {
            ended.setObject(1, at(now()));
            ended.executeUpdate();
          }
          if (!select(connection, "WHERE name = ?", name).isEmpty()) {
            return false;
          }
          insert(connection, name, role, by, ends, hash);
          transactions.commit(connection);
          return true;
        });
  }

  private void insert(
      Connection connection, String name, Role role, String by, Instant ends, String hash)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO api_token (name, hash, role, created_at, created_by, ends_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, name);
      insert.setString(2, hash);
      insert.setString(3, role.word());
      insert.setObject(4, at(now()));
      insert.setString(5, by);
      insert.setObject(6, at(ends));
      insert.executeUpdate();
    }
  }

  /**
   * The token that a program brings; empty where there is none, or it has ended.
   *
   * @throws StoreException where the store is away
   */
  public Optional<ApiToken> of(String hash) throws StoreException {
    return transactions.run(
        "the token can't be read",
        (connection, rows) ->
            select(connection, "WHERE hash = ?", hash).stream()
                .filter(token -> token.ends().isAfter(now()))
                .findFirst());
  }

  /**
   * All, by their names, those too that have ended of late.
   *
   * @throws StoreException where the store is away
   */
  public List<ApiToken> all() throws StoreException {
    return transactions.run(
        "the tokens can't be read", (connection, rows) -> select(connection, "ORDER BY name"));
  }

  /**
   * Makes one good for nothing.
   *
   * @return whether there was one of this name
   * @throws StoreException where the store is away
   */
  public boolean remove(String name) throws StoreException {
    return transactions.run(
        "the token can't be revoked",
        (connection, rows) -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM api_token WHERE name = ?")) {
            delete.setString(1, name);
            boolean removed = delete.executeUpdate() > 0;
            transactions.commit(connection);
            return removed;
          }
        });
  }

  /** Those that somebody made, whether an account or a token, and those that these made. */
  static void removeOf(Connection connection, String by) throws SQLException {
    for (ApiToken made : select(connection, "WHERE created_by = ?", by)) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM api_token WHERE name = ?")) {
        delete.setString(1, made.name());
        delete.executeUpdate();
      }
      removeOf(connection, ApiToken.author(made.name()));
    }
  }

  private static List<ApiToken> select(Connection connection, String where, String... parameters)
      throws SQLException {
    List<ApiToken> found = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(SELECT + where)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new ApiToken(
                  rows.getString(1),
                  Role.of(rows.getString(2)),
                  rows.getObject(3, OffsetDateTime.class).toInstant(),
                  rows.getString(4),
                  rows.getObject(5, OffsetDateTime.class).toInstant()));
        }
      }
    }
    return found;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static OffsetDateTime at(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }
}
