package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Sql.at;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens on one connection. With one go those that were made by it, as the table has it. */
final class TokenRows {
  /** Before the machine's user, whose name may be an account's, too: none of these has a space. */
  private static final String UNIX = "unix ";

  private static final int LONGEST_ROOT = 64;

  private static final String SELECT =
      "SELECT name, role, created_at, created_by, ends_at FROM api_token ";

  private final Connection connection;
  private final Sql sql;

  TokenRows(Connection connection) {
    this.connection = connection;
    this.sql = new Sql(connection);
  }

  List<ApiToken> hashed(String hash) throws SQLException {
    return select("WHERE hash = ?", hash);
  }

  List<ApiToken> named(String name) throws SQLException {
    return select("WHERE name = ?", name);
  }

  List<ApiToken> all() throws SQLException {
    return select("ORDER BY name");
  }

  private List<ApiToken> select(String where, Object... parameters) throws SQLException {
    List<ApiToken> found = new ArrayList<>();
    try (PreparedStatement select = sql.prepared(SELECT + where, parameters);
        ResultSet rows = select.executeQuery()) {
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
    return found;
  }

  /**
   * With whose end what they make ends: an account, or the machine's user.
   *
   * @throws EndedException where they themselves have ended
   */
  String root(Maker by, Instant now) throws SQLException, EndedException {
    return switch (by) {
      case Maker.Owner owner -> {
        String root = UNIX + owner.author();
        yield root.substring(0, Math.min(LONGEST_ROOT, root.length()));
      }
      case Maker.Person person ->
          new AccountRows(connection)
              .session(person.session(), now)
              .map(Account::name)
              .orElseThrow(EndedException::new);
      case Maker.Program program -> {
        List<String> roots =
            texts(
                "SELECT root FROM api_token WHERE hash = ? AND ends_at > ?",
                program.token(),
                at(now));
        if (roots.isEmpty()) {
          throw new EndedException();
        }
        yield roots.getFirst();
      }
    };
  }

  void insert(ApiToken token, String hash, String root, @Nullable String maker)
      throws SQLException {
    sql.update(
        "INSERT INTO api_token (name, hash, role, created_at, created_by, root, maker, ends_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        token.name(),
        hash,
        token.role().word(),
        at(token.created()),
        token.by(),
        root,
        maker,
        at(token.ends()));
  }

  /** Forgets those that have ended; what one of them made is as if its maker had made it. */
  void purge(Instant now) throws SQLException {
    for (String ended : texts("SELECT hash FROM api_token WHERE ends_at <= ?", at(now))) {
      sql.update(
          "UPDATE api_token SET maker = (SELECT gone.maker FROM api_token gone WHERE gone.hash = ?)"
              + " WHERE maker = ?",
          ended,
          ended);
      sql.update("DELETE FROM api_token WHERE hash = ?", ended);
    }
  }

  /** One of this name, those that it made, and those that these made; the audit log has each. */
  void remove(String name, Edit edit, Instant now) throws SQLException {
    List<ApiToken> all = named(name);
    for (int i = 0; i < all.size(); i++) {
      all.addAll(
          select(
              "WHERE maker = (SELECT hash FROM api_token WHERE name = ?) ORDER BY name",
              all.get(i).name()));
    }
    revoke(all, edit, now);
  }

  /** All that have one root. */
  void removeOf(String root, Edit edit, Instant now) throws SQLException {
    revoke(select("WHERE root = ? ORDER BY name", root), edit, now);
  }

  private void revoke(List<ApiToken> all, Edit edit, Instant now) throws SQLException {
    AuditRows audit = new AuditRows(connection);
    for (ApiToken token : all) {
      sql.update("DELETE FROM api_token WHERE name = ?", token.name()); // or it went with its maker
      audit.changed(edit, new Deed(Kind.TOKEN, token.name(), view(token), null), now);
    }
  }

  static Deed added(ApiToken token) {
    return new Deed(Kind.TOKEN, token.name(), null, view(token));
  }

  private static JsonObject view(ApiToken token) {
    return new JsonObject()
        .put("role", token.role().word())
        .put("by", token.by())
        .put("expiry", token.ends().toString());
  }

  private List<String> texts(String text, Object... parameters) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement select = sql.prepared(text, parameters);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }
}
