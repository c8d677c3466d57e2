package io.doppelfleet.control.store;

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
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What codes are made of, and what is good in their place, on one connection. */
final class SeedRows {
  private static final int FORMAT = 1;

  private final Connection connection;
  private final Sql sql;
  private final Seals seals;

  SeedRows(Connection connection, Seals seals) {
    this.connection = connection;
    this.sql = new Sql(connection);
    this.seals = seals;
  }

  @Nullable Seed of(String account) throws SQLException, SealException, StoreException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT totp_format, totp_sealed, totp_since, totp_step FROM account"
                + " WHERE name = ? AND totp_sealed IS NOT NULL")) {
      select.setString(1, account);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return null;
        }
        if (rows.getInt(1) != FORMAT) {
          throw new StoreException(
              "what codes are made of is of format "
                  + rows.getInt(1)
                  + ": run the version that wrote it");
        }
        byte[] bytes = seals.open(rows.getBytes(2), about(account));
        boolean confirmed = rows.getObject(3, OffsetDateTime.class) != null;
        return new Seed(Octets.of(bytes), confirmed, rows.getLong(4));
      }
    }
  }

  /** In place of one that isn't confirmed. */
  void write(String account, Octets seed, SealKey key) throws SQLException {
    sql.update(
        "UPDATE account SET totp_format = ?, totp_sealed = ?, totp_since = NULL, totp_step = 0"
            + " WHERE name = ?",
        FORMAT,
        seals.seal(key, seed.bytes(), about(account)),
        account);
  }

  void confirm(String account, Instant now) throws SQLException {
    sql.update(
        "UPDATE account SET totp_since = ? WHERE name = ?",
        OffsetDateTime.ofInstant(now, ZoneOffset.UTC),
        account);
  }

  /** Takes the code of a step; false where that was taken, or a later one. */
  boolean take(String account, long step) throws SQLException {
    return sql.update(
            "UPDATE account SET totp_step = ? WHERE name = ? AND totp_step < ?",
            step,
            account,
            step)
        > 0;
  }

  /** Takes what is good in place of a code; false where it isn't. */
  boolean takeRecovery(String account, String hash) throws SQLException {
    return sql.update("DELETE FROM recovery_code WHERE account = ? AND hash = ?", account, hash)
        > 0;
  }

  void recovery(String account, List<String> hashes) throws SQLException {
    sql.update("DELETE FROM recovery_code WHERE account = ?", account);
    for (String hash : hashes) {
      sql.update("INSERT INTO recovery_code (hash, account) VALUES (?, ?)", hash, account);
    }
  }

  int recoveryLeft(String account) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COUNT(*) FROM recovery_code WHERE account = ?")) {
      select.setString(1, account);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }

  void remove(String account) throws SQLException {
    sql.update(
        "UPDATE account SET totp_format = NULL, totp_sealed = NULL, totp_since = NULL,"
            + " totp_step = NULL WHERE name = ?",
        account);
    recovery(account, List.of());
  }

  /** Seals all under another key. */
  void reseal(SealKey key) throws SQLException, SealException {
    Map<String, byte[]> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT name, totp_sealed FROM account WHERE totp_sealed IS NOT NULL");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String about = about(rows.getString(1));
        all.put(rows.getString(1), seals.seal(key, seals.open(rows.getBytes(2), about), about));
      }
    }
    for (Map.Entry<String, byte[]> each : all.entrySet()) {
      sql.update(
          "UPDATE account SET totp_sealed = ? WHERE name = ?", each.getValue(), each.getKey());
    }
  }

  private static String about(String account) {
    return "codes of " + account;
  }
}
