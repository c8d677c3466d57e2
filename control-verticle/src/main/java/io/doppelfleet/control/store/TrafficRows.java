package io.doppelfleet.control.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tables of what has passed, on one connection. */
final class TrafficRows {
  /**
   * No sum is more, of bytes or of connections: what a seized node says may be as large as it
   * likes, and two of these can be added.
   */
  static final long MOST = (1L << 62) - 1;

  /** The sums of what has passed. */
  static final String MOVED = sum("up") + ", " + sum("down") + ", " + sum("opened");

  /** Names that are given as an array: to be one of many in a list is to be compared with each. */
  static final String ASKED = "UNNEST(CAST(? AS VARCHAR(64) ARRAY)) AS asked (name)";

  private static final String HAS_TOLD =
      "EXISTS (SELECT 1 FROM counter WHERE node = name AND counter.epoch = counting_node.epoch)";

  private final Connection connection;

  TrafficRows(Connection connection) {
    this.connection = connection;
  }

  /** A node, whose row is locked until the transaction's end. */
  record Node(long epoch, long oldestEpoch) {}

  /** A counter of one node. */
  record Key(String secret, long counter) {}

  /** Null where it never asked for an epoch. */
  @Nullable Node lock(String node) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT epoch, oldest_epoch FROM counting_node WHERE name = ? FOR UPDATE")) {
      select.setString(1, node);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? new Node(rows.getLong(1), rows.getLong(2)) : null;
      }
    }
  }

  /** Nobody else grants before the end of the transaction. To be called before {@link #lock}. */
  void lockGrants() throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT id FROM grant_lock WHERE id = 1 FOR UPDATE")) {
      select.executeQuery().close();
    }
  }

  private static String sum(String what) {
    return "CAST(LEAST(COALESCE(SUM(" + what + "), 0), " + MOST + ") AS BIGINT)";
  }

  /** Limited bytes of a secret that other nodes may still move, as far as is known. */
  long heldElsewhere(String secret, String node) throws SQLException {
    return number(
        "SELECT "
            + sum("held")
            + " FROM counter JOIN counting_node ON node = name"
            + " AND counter.epoch = counting_node.epoch WHERE secret = ? AND node <> ?",
        secret,
        node);
  }

  /** Bytes of a secret, both ways together, since an hour. */
  long since(String secret, long hour) throws SQLException {
    return number(
        "SELECT "
            + sum("up + down")
            + " FROM traffic"
            + " WHERE secret = ? AND begin_hour >= ? AND hours IN (1, 24)",
        secret,
        hour);
  }

  /** Bytes of a secret, both ways together, in all. */
  long total(String secret) throws SQLException {
    return number("SELECT " + sum("up + down") + " FROM counter WHERE secret = ?", secret);
  }

  /** Nodes that have told something since they began last, and one that is about to. */
  long nodesWith(String node) throws SQLException {
    return number("SELECT COUNT(*) FROM counting_node WHERE name = ? OR " + HAS_TOLD, node);
  }

  /** Whether a node is one of those; who was removed begins once more, and never tells. */
  boolean hasTold(String node) throws SQLException {
    return number("SELECT COUNT(*) FROM counting_node WHERE name = ? AND " + HAS_TOLD, node) > 0;
  }

  private long number(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      set(select, parameters);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Fails where another control has done so. */
  void insert(String node, Node first) throws SQLException {
    run(
        "INSERT INTO counting_node (epoch, oldest_epoch, name) VALUES (?, ?, ?)",
        first.epoch,
        first.oldestEpoch,
        node);
  }

  void update(String node, Node next) throws SQLException {
    run(
        "UPDATE counting_node SET epoch = ?, oldest_epoch = ? WHERE name = ?",
        next.epoch,
        next.oldestEpoch,
        node);
  }

  /** Adds up the counters of a node's epochs before one, in epoch 0. */
  void foldBefore(String node, long epoch) throws SQLException {
    // In epoch 0 the last epoch that was folded stands for the counter's number.
    run(
        "INSERT INTO counter"
            + " (node, epoch, secret, counter, up, down, opened, open_now, held, sequence)"
            + " SELECT node, 0, secret, CAST(? AS BIGINT), "
            + MOVED
            + ", 0, 0, 0"
            + " FROM counter WHERE node = ? AND epoch < ? GROUP BY node, secret",
        epoch,
        node,
        epoch);
    run(
        "DELETE FROM counter WHERE node = ? AND epoch < ? AND NOT (epoch = 0 AND counter = ?)",
        node,
        epoch,
        epoch);
  }

  /** The counters of an epoch that these secrets have; a report is of few of a node's. */
  Map<Key, CounterRow> counters(String node, long epoch, Set<String> secrets) throws SQLException {
    Map<Key, CounterRow> all = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret, counter, up, down, opened, open_now, held, sequence FROM "
                + ASKED
                + " JOIN counter ON secret = name WHERE node = ? AND epoch = ?")) {
      set(select, names(secrets), node, epoch);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Moved moved = new Moved(rows.getLong(3), rows.getLong(4), rows.getLong(5));
          all.put(
              new Key(rows.getString(1), rows.getLong(2)),
              new CounterRow(moved, rows.getInt(6), rows.getLong(7), rows.getLong(8)));
        }
      }
    }
    return all;
  }

  /** Writes counters, which were there before or not. */
  void write(String node, long epoch, Map<Key, CounterRow> counters, Set<Key> known)
      throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE counter"
                    + " SET up = ?, down = ?, opened = ?, open_now = ?, held = ?, sequence = ?"
                    + " WHERE node = ? AND epoch = ? AND secret = ? AND counter = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO counter"
                    + " (up, down, opened, open_now, held, sequence, node, epoch, secret, counter)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Map.Entry<Key, CounterRow> entry : counters.entrySet()) {
        CounterRow row = entry.getValue();
        PreparedStatement batch = known.contains(entry.getKey()) ? update : insert;
        set(
            batch,
            row.moved().up(),
            row.moved().down(),
            row.moved().opened(),
            row.open(),
            row.held(),
            row.sequence(),
            node,
            epoch,
            entry.getKey().secret,
            entry.getKey().counter);
        batch.addBatch();
      }
      update.executeBatch();
      insert.executeBatch();
    }
  }

  /** Adds to what a node has moved in an hour. */
  void add(String node, long hour, Map<String, Moved> moved) throws SQLException {
    Set<String> known = secretsOf(node, hour, moved.keySet());
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE traffic SET up = LEAST(up + ?, "
                    + MOST
                    + "), down = LEAST(down + ?, "
                    + MOST
                    + "), opened = LEAST(opened + ?, "
                    + MOST
                    + ")"
                    + " WHERE hours = 1 AND begin_hour = ? AND node = ? AND secret = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO traffic (up, down, opened, begin_hour, node, secret, hours)"
                    + " VALUES (?, ?, ?, ?, ?, ?, 1)")) {
      for (Map.Entry<String, Moved> entry : moved.entrySet()) {
        Moved more = entry.getValue();
        PreparedStatement batch = known.contains(entry.getKey()) ? update : insert;
        set(batch, more.up(), more.down(), more.opened(), hour, node, entry.getKey());
        batch.addBatch();
      }
      update.executeBatch();
      insert.executeBatch();
    }
  }

  /** Those of some secrets of which a node has moved something in an hour. */
  private Set<String> secretsOf(String node, long hour, Set<String> some) throws SQLException {
    Set<String> all = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret FROM "
                + ASKED
                + " JOIN traffic ON secret = name"
                + " WHERE hours = 1 AND begin_hour = ? AND node = ?")) {
      set(select, names(some), hour, node);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(rows.getString(1));
        }
      }
    }
    return all;
  }

  /** Makes one row of the hours of a day, for each secret of a node. */
  void rollUp(String node, long day) throws SQLException {
    long first = day * 24;
    run(
        "INSERT INTO traffic (hours, begin_hour, node, secret, up, down, opened)"
            + " SELECT 0, CAST(? AS BIGINT), node, secret, "
            + MOVED
            + " FROM traffic WHERE hours IN (1, 24) AND begin_hour >= ? AND begin_hour < ?"
            + " AND node = ? GROUP BY node, secret",
        first,
        first,
        first + 24,
        node);
    run(
        "DELETE FROM traffic WHERE hours IN (1, 24) AND begin_hour >= ? AND begin_hour < ?"
            + " AND node = ?",
        first,
        first + 24,
        node);
    run(
        "UPDATE traffic SET hours = 24 WHERE hours = 0 AND begin_hour = ? AND node = ?",
        first,
        node);
  }

  /** Forgets a day of days. */
  void forget(String node, long day) throws SQLException {
    run("DELETE FROM traffic WHERE hours = 24 AND begin_hour = ? AND node = ?", day * 24, node);
  }

  /** Secrets that have totals of epochs that are over, and nothing in any hour or day. */
  Set<String> onlyTotals() throws SQLException {
    Set<String> all = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT DISTINCT secret FROM counter WHERE epoch = 0 AND NOT EXISTS"
                    + " (SELECT 1 FROM traffic WHERE traffic.secret = counter.secret)");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  /** Forgets what such secrets moved in epochs that are over. */
  void forgetTotals(Set<String> secrets) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM counter WHERE epoch = 0 AND secret = ?")) {
      for (String secret : secrets) {
        delete.setString(1, secret);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  /** The oldest hour that is kept by the hour, or by the day; -1 where there is none. */
  long oldest(int hours) throws SQLException {
    return number("SELECT COALESCE(MIN(begin_hour), -1) FROM traffic WHERE hours = ?", hours);
  }

  /** The nodes that have something of that kind on a day. */
  Set<String> nodes(int hours, long day) throws SQLException {
    Set<String> all = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT DISTINCT node FROM traffic"
                + " WHERE hours = ? AND begin_hour >= ? AND begin_hour < ?")) {
      set(select, hours, day * 24, day * 24 + 24);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(rows.getString(1));
        }
      }
    }
    return all;
  }

  private Array names(Set<String> secrets) throws SQLException {
    return connection.createArrayOf("VARCHAR", secrets.toArray());
  }

  private void run(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, parameters);
      statement.executeUpdate();
    }
  }

  static void set(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }
}
