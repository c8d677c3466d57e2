package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.EntityId;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The store's tables on one connection. */
final class Rows {
  private static final String FINGERPRINTS = "fingerprints";
  private static final int PAGE = 500;

  /** Sealed anew at once: one may be a list of 460 KB. */
  private static final int RESEALED = 32;

  private final Connection connection;
  private final Seals seals;

  Rows(Connection connection, Seals seals) {
    this.connection = connection;
    this.seals = seals;
  }

  /** The number of the present revision, 0 where there is none yet. */
  long latest() throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("SELECT COALESCE(MAX(number), 0) FROM revision");
        ResultSet rows = select.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** The sealed key of fingerprints, null where the store is new. */
  byte @Nullable [] sealedKey() throws SQLException {
    return sealedKey("SELECT sealed FROM fleet_store WHERE id = 1");
  }

  /** The same, and no other control writes before this transaction's end. */
  byte @Nullable [] lock() throws SQLException {
    return sealedKey("SELECT sealed FROM fleet_store WHERE id = 1 FOR UPDATE");
  }

  private byte @Nullable [] sealedKey(String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getBytes(1) : null;
    }
  }

  /** Begins a new store; it fails where another control has done so. */
  void begin(SealKey key, byte[] fingerprints) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO fleet_store (id, sealed) VALUES (1, ?)")) {
      insert.setBytes(1, seals.seal(key, fingerprints, FINGERPRINTS));
      insert.executeUpdate();
    }
  }

  byte[] fingerprints(byte[] sealed) throws SealException {
    return seals.open(sealed, FINGERPRINTS);
  }

  void insert(Revision revision) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO revision (number, written_at, author, origin, what, checksum)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, revision.number());
      insert.setObject(2, Sql.at(revision.at()));
      insert.setString(3, revision.edit().author());
      insert.setString(4, revision.edit().origin());
      insert.setString(5, revision.edit().what());
      insert.setBytes(6, HexFormat.of().parseHex(revision.checksum()));
      insert.executeUpdate();
    }
  }

  /** Revisions before a number, the newest first. */
  List<Revision> history(long before, int most) throws SQLException {
    List<Revision> all = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT number, written_at, author, origin, what, checksum FROM revision"
                + " WHERE number < ? ORDER BY number DESC FETCH FIRST "
                + most
                + " ROWS ONLY")) {
      select.setLong(1, before);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Instant at = rows.getObject(2, OffsetDateTime.class).toInstant();
          Edit edit = new Edit(rows.getString(3), rows.getString(4), rows.getString(5));
          all.add(
              new Revision(rows.getLong(1), at, edit, HexFormat.of().formatHex(rows.getBytes(6))));
        }
      }
    }
    return all;
  }

  /** Ends what the changes end and adds what they add. */
  void apply(StateDiff diff, SealKey key) throws SQLException {
    try (PreparedStatement end =
            connection.prepareStatement(
                "UPDATE entity SET ended_by = ?"
                    + " WHERE kind = ? AND id = ? AND ended_by IS NULL");
        PreparedStatement add =
            connection.prepareStatement(
                "INSERT INTO entity (kind, id, first_revision, format, sealed)"
                    + " VALUES (?, ?, ?, ?, ?)")) {
      for (StateDiff.Change change : diff.changes()) {
        String kind = change.kind().name();
        if (change.before() != null) {
          end.setLong(1, diff.to());
          end.setString(2, kind);
          end.setString(3, change.id());
          end.addBatch();
        }
        if (change.after() != null) {
          add.setString(1, kind);
          add.setString(2, change.id());
          add.setLong(3, diff.to());
          add.setInt(4, StateJson.FORMAT);
          add.setBytes(
              5,
              seals.seal(
                  key, StateJson.write(change.after()), about(kind, change.id(), diff.to())));
          add.addBatch();
        }
      }
      end.executeBatch();
      add.executeBatch();
    }
  }

  /** The parts of the state at a revision. */
  List<Entity> at(long revision) throws SQLException, SealException, StoreException {
    return entities(
        "WHERE first_revision <= ? AND (ended_by IS NULL OR ended_by > ?)", revision, revision);
  }

  /** The parts that came after one revision and are there at a later one. */
  List<Entity> between(long from, long to) throws SQLException, SealException, StoreException {
    return entities(
        "WHERE first_revision > ? AND first_revision <= ? AND (ended_by IS NULL OR ended_by > ?)",
        from,
        to,
        to);
  }

  private List<Entity> entities(String where, long... parameters)
      throws SQLException, SealException, StoreException {
    List<Entity> all = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT kind, id, first_revision, format, sealed FROM entity " + where)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setLong(i + 1, parameters[i]);
      }
      select.setFetchSize(PAGE);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Entity.Kind kind = kind(rows.getString(1));
          String about = about(kind.name(), rows.getString(2), rows.getLong(3));
          all.add(entity(kind, rows.getInt(4), seals.open(rows.getBytes(5), about), about));
        }
      }
    }
    return all;
  }

  private static Entity entity(Entity.Kind kind, int format, byte[] json, String about)
      throws StoreException {
    try {
      return StateJson.read(kind, format, json);
    } catch (InvalidValueException e) {
      throw new StoreException("the store's \"" + about + "\" can't be read: " + e.getMessage(), e);
    }
  }

  private static Entity.Kind kind(String word) throws StoreException {
    for (Entity.Kind kind : Entity.Kind.values()) {
      if (kind.name().equals(word)) {
        return kind;
      }
    }
    throw new StoreException(
        "the store has a part of the kind "
            + word
            + ", which this version doesn't know: run the version that wrote it");
  }

  /** What was there at one revision and isn't at a later one under the same form: kind and id. */
  List<EntityId> ended(long from, long to) throws SQLException, StoreException {
    List<EntityId> all = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT kind, id FROM entity"
                + " WHERE first_revision <= ? AND ended_by > ? AND ended_by <= ?")) {
      select.setLong(1, from);
      select.setLong(2, from);
      select.setLong(3, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(new EntityId(kind(rows.getString(1)), rows.getString(2)));
        }
      }
    }
    return all;
  }

  /** The highest generation that each of these secrets ever had; missing: none. */
  Map<String, Integer> highest(Collection<String> secrets) throws SQLException {
    Map<String, Integer> highest = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret, MAX(generation) FROM used_key WHERE secret = ANY (?)"
                + " GROUP BY secret")) {
      select.setArray(1, connection.createArrayOf("VARCHAR", secrets.toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          highest.put(rows.getString(1), rows.getInt(2));
        }
      }
    }
    return highest;
  }

  /** The revision that each of these secrets is as it is since; missing: it isn't there. */
  Map<String, Long> since(Collection<String> secrets) throws SQLException {
    Map<String, Long> since = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, first_revision FROM entity"
                + " WHERE kind = ? AND id = ANY (?) AND ended_by IS NULL")) {
      select.setString(1, Entity.Kind.SECRET.name());
      select.setArray(2, connection.createArrayOf("VARCHAR", secrets.toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          since.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return since;
  }

  /** Those of these fingerprints that are of keys used before, with whose they were. */
  Map<String, String> used(Collection<String> fingerprints) throws SQLException {
    Map<String, String> used = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT fingerprint, secret FROM used_key WHERE fingerprint = ANY (?)")) {
      select.setArray(1, connection.createArrayOf("VARCHAR", fingerprints.toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          used.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return used;
  }

  /** Remembers keys for ever, by their fingerprints. */
  void use(Map<String, Succession.NewKey> keys) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO used_key (fingerprint, secret, generation) VALUES (?, ?, ?)")) {
      for (Map.Entry<String, Succession.NewKey> entry : keys.entrySet()) {
        insert.setString(1, entry.getKey());
        insert.setString(2, entry.getValue().secret());
        insert.setInt(3, entry.getValue().key().generation());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** From now on all that is written is sealed under another key. */
  void renew(SealKey key, byte[] fingerprints) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE fleet_store SET sealed = ? WHERE id = 1")) {
      update.setBytes(1, seals.seal(key, fingerprints, FINGERPRINTS));
      update.executeUpdate();
    }
  }

  /** A row of entities, after which a page begins. */
  record Page(long revision, String kind, String id) {
    static final Page FIRST = new Page(0, "", "");
  }

  /** Seals a page of entities under a key, but for those that are; null: there is no next one. */
  @Nullable Page reseal(Page from, SealKey key) throws SQLException, SealException {
    Page last = null;
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT first_revision, kind, id, sealed FROM entity WHERE first_revision >= ?"
                    + " AND (first_revision > ? OR kind > ? OR (kind = ? AND id > ?))"
                    + " ORDER BY first_revision, kind, id FETCH FIRST "
                    + RESEALED
                    + " ROWS ONLY");
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE entity SET sealed = ? WHERE kind = ? AND id = ? AND first_revision = ?")) {
      select.setLong(1, from.revision);
      select.setLong(2, from.revision);
      select.setString(3, from.kind);
      select.setString(4, from.kind);
      select.setString(5, from.id);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          last = new Page(rows.getLong(1), rows.getString(2), rows.getString(3));
          byte[] sealed = rows.getBytes(4);
          if (!SealKey.keyOf(sealed).equals(key.id())) {
            String about = about(last.kind, last.id, last.revision);
            update.setBytes(1, seals.seal(key, seals.open(sealed, about), about));
            update.setString(2, last.kind);
            update.setString(3, last.id);
            update.setLong(4, last.revision);
            update.addBatch();
          }
        }
      }
      update.executeBatch();
    }
    return last;
  }

  private static String about(String kind, String id, long revision) {
    return kind + " " + id + " of revision " + revision;
  }
}
