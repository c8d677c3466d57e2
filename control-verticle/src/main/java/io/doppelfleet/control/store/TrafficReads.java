package io.doppelfleet.control.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is asked about what has passed, on one connection. */
final class TrafficReads {
  /** By secret, and of one by node. */
  private static final Comparator<SecretTotal> ORDER =
      Comparator.comparing(SecretTotal::secret).thenComparing(SecretTotal::node);

  private final Connection connection;

  TrafficReads(Connection connection) {
    this.connection = connection;
  }

  /**
   * In all, by secret and node, in this order; null: of all secrets. Added up here: for H2 sums are
   * of big decimals, and to be one of a thousand names is to be compared with each, so the same in
   * SQL took ten times as long.
   */
  List<SecretTotal> totals(@Nullable Collection<String> secrets) throws SQLException {
    Map<String, Long> epochs = epochs();
    Map<Of, SecretTotal> all = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret, node, up, down, opened, open_now, epoch FROM "
                + (secrets == null
                    ? "counter"
                    : TrafficRows.ASKED + " JOIN counter ON secret = name"))) {
      if (secrets != null) {
        select.setArray(1, connection.createArrayOf("VARCHAR", secrets.toArray()));
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String secret = rows.getString(1);
          String node = rows.getString(2);
          long open = epochs.getOrDefault(node, 0L) == rows.getLong(7) ? rows.getLong(6) : 0;
          all.merge(
              new Of(secret, node),
              new SecretTotal(secret, node, moved(rows), open),
              TrafficReads::sum);
        }
      }
    }
    return all.values().stream().sorted(ORDER).toList();
  }

  private record Of(String secret, String node) {}

  private static SecretTotal sum(SecretTotal one, SecretTotal other) {
    return new SecretTotal(
        one.secret(),
        one.node(),
        one.moved().plus(other.moved()).orLess(TrafficRows.MOST),
        one.open() + other.open());
  }

  /** The last epoch of each node: connections of those before it are gone. */
  private Map<String, Long> epochs() throws SQLException {
    Map<String, Long> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("SELECT name, epoch FROM counting_node");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.put(rows.getString(1), rows.getLong(2));
      }
    }
    return all;
  }

  /** In all, of all secrets together, by node. */
  List<NodeTotal> nodeTotals() throws SQLException {
    List<NodeTotal> all = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT node, SUM(CASE WHEN counter.epoch = counting_node.epoch THEN open_now ELSE"
                    + " 0 END), "
                    + TrafficRows.MOVED
                    + " FROM counter JOIN counting_node ON node = name"
                    + " GROUP BY node ORDER BY node");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        all.add(new NodeTotal(rows.getString(1), moved(rows), rows.getLong(2)));
      }
    }
    return all;
  }

  /**
   * Bytes of these secrets since an hour, both ways together; who has moved none isn't there. Added
   * up here as the totals are.
   */
  Map<String, Long> since(Collection<String> secrets, long hour) throws SQLException {
    Map<String, Long> all = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret, up + down FROM "
                + TrafficRows.ASKED
                + " JOIN traffic ON secret = name"
                + " WHERE begin_hour >= ? AND hours IN (1, 24)")) {
      select.setArray(1, connection.createArrayOf("VARCHAR", secrets.toArray()));
      select.setLong(2, hour);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          long moved = Math.min(TrafficRows.MOST, rows.getLong(2));
          all.merge(rows.getString(1), moved, TrafficReads::orMost);
        }
      }
    }
    return all;
  }

  /** The sum, as far as there may be so much. */
  static long orMost(long one, long other) {
    return Math.min(TrafficRows.MOST, one + other);
  }

  /** The last hour with something before one, -1 where there is none. */
  long last(@Nullable String secret, TrafficPeriod.Unit unit, long before) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT COALESCE(MAX(begin_hour), -1) FROM traffic WHERE "
                + of(secret, unit)
                + " AND begin_hour < ?")) {
      select.setLong(set(select, secret), before);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** The periods from one hour to before another, by node, the newest first. */
  List<TrafficPeriod> periods(
      @Nullable String secret, TrafficPeriod.Unit unit, long from, long before)
      throws SQLException {
    List<TrafficPeriod> all = new ArrayList<>();
    String period = "begin_hour / " + unit.hours();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + period
                + ", node, "
                + TrafficRows.MOVED
                + " FROM traffic WHERE "
                + of(secret, unit)
                + " AND begin_hour >= ? AND begin_hour < ? GROUP BY "
                + period
                + ", node ORDER BY 1 DESC, 2")) {
      int next = set(select, secret);
      select.setLong(next, from);
      select.setLong(next + 1, before);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(
              new TrafficPeriod(
                  Traffic.time(rows.getLong(1) * unit.hours()), rows.getString(2), moved(rows)));
        }
      }
    }
    return all;
  }

  /** Days are of hours too, where these aren't added up yet. */
  private static String of(@Nullable String secret, TrafficPeriod.Unit unit) {
    String hours = unit == TrafficPeriod.Unit.HOUR ? "hours = 1" : "hours IN (1, 24)";
    return secret == null ? hours : hours + " AND secret = ?";
  }

  private static int set(PreparedStatement select, @Nullable String secret) throws SQLException {
    if (secret == null) {
      return 1;
    }
    select.setString(1, secret);
    return 2;
  }

  private static Moved moved(ResultSet rows) throws SQLException {
    return new Moved(rows.getLong(3), rows.getLong(4), rows.getLong(5));
  }
}
