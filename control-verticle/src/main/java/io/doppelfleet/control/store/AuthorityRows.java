package io.doppelfleet.control.store;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fleet's own keys on one connection. */
final class AuthorityRows {
  private static final int FORMAT = 1;
  private static final String NODES = "nodes";
  private static final String STATES = "states";

  private final Connection connection;
  private final Seals seals;

  AuthorityRows(Connection connection, Seals seals) {
    this.connection = connection;
    this.seals = seals;
  }

  /** That which is kept, null where none was made yet. */
  @Nullable Authority read(SecureRandom random) throws SQLException, SealException, StoreException {
    Map<String, Authority.Half> halves = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT name, format, sealed, open_half FROM authority");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String name = rows.getString(1);
        if (rows.getInt(2) != FORMAT) {
          throw new StoreException(
              "the store's key of "
                  + name
                  + " is of format "
                  + rows.getInt(2)
                  + ": run the version that wrote it");
        }
        byte[] secret = seals.open(rows.getBytes(3), about(name));
        halves.put(name, new Authority.Half(Octets.of(secret), Octets.of(rows.getBytes(4))));
      }
    }
    Authority.Half nodes = halves.get(NODES);
    Authority.Half states = halves.get(STATES);
    if (nodes == null || states == null) {
      return null;
    }
    try {
      return Authority.of(nodes, states, random);
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          "the fleet's own keys can't be read: restore the store from a backup", e);
    }
  }

  void insert(Authority authority, SealKey key) throws SQLException {
    insert(NODES, authority.nodes(), key);
    insert(STATES, authority.states(), key);
  }

  private void insert(String name, Authority.Half half, SealKey key) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO authority (name, format, sealed, open_half) VALUES (?, ?, ?, ?)")) {
      insert.setString(1, name);
      insert.setInt(2, FORMAT);
      insert.setBytes(3, seals.seal(key, half.secret().bytes(), about(name)));
      insert.setBytes(4, half.open().bytes());
      insert.executeUpdate();
    }
  }

  /** Seals them under another key. */
  void reseal(SealKey key) throws SQLException, SealException {
    Map<String, byte[]> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT name, sealed FROM authority");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String name = rows.getString(1);
        all.put(name, seals.seal(key, seals.open(rows.getBytes(2), about(name)), about(name)));
      }
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE authority SET sealed = ? WHERE name = ?")) {
      for (Map.Entry<String, byte[]> each : all.entrySet()) {
        update.setBytes(1, each.getValue());
        update.setString(2, each.getKey());
        update.executeUpdate();
      }
    }
  }

  private static String about(String name) {
    return "authority " + name;
  }
}
