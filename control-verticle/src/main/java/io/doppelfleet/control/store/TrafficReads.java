package io.doppelfleet.control.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked about what has passed, on one connection. */
final class TrafficReads {
  private final Connection connection;

  TrafficReads(Connection connection) {
    this.connection = connection;
  }

  /** In all, by secret and node, in this order; null: of all secrets. */
  List<SecretTotal> totals(@Nullable String secret) throws SQLException {
    List<SecretTotal> all = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT secret, node, "
                + TrafficRows.MOVED
                + ", SUM(CASE WHEN counter.epoch = counting_node.epoch THEN open_now ELSE 0 END)"
                + " FROM counter JOIN counting_node ON node = name"
                + (secret == null ? "" : " WHERE secret = ?")
                + " GROUP BY secret, node ORDER BY secret, node")) {
      if (secret != null) {
        select.setString(1, secret);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          all.add(
              new SecretTotal(rows.getString(1), rows.getString(2), moved(rows), rows.getLong(6)));
        }
      }
    }
    return all;
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
