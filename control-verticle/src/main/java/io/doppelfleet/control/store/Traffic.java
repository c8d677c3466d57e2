package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What has passed through the nodes: each byte once, whatever becomes of their reports. It counts
 * in the hour in which its report comes, by the control's clock: where that is set, bytes are in
 * another hour and no total is wrong. Safe for use by many threads, which it may block.
 */
public final class Traffic {
  /** Reports of a node's last starts may be late; those of earlier ones are refused. */
  private static final int KEPT_EPOCHS = 4;

  private static final Duration HOUR = Duration.ofHours(1);
  private static final long DAY = 24;
  private static final String UNTIDY = "what passed long ago can't be tidied up";
  private static final String UNREADABLE = "what has passed can't be read";

  private final Transactions transactions;
  private final Clock clock;

  Traffic(Transactions transactions, Clock clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * A new epoch for a node, greater than all that it was given.
   *
   * @throws StoreException where the store is away
   */
  public long newEpoch(String node) throws StoreException {
    return transactions.run(
        "an epoch can't be given",
        (connection, rows) -> {
          long epoch = newEpoch(new TrafficRows(connection), node);
          transactions.commit(connection);
          return epoch;
        });
  }

  /** The same, not committed yet. What it held of limited bytes before is free by it. */
  static long newEpoch(TrafficRows traffic, String node) throws SQLException {
    TrafficRows.Node known = traffic.lock(node);
    if (known == null) {
      traffic.insert(node, new TrafficRows.Node(1, 1));
      return 1;
    }
    long epoch = known.epoch() + 1;
    long oldest = Math.max(known.oldestEpoch(), epoch - KEPT_EPOCHS + 1);
    if (oldest > known.oldestEpoch()) {
      traffic.foldBefore(node, oldest);
    }
    traffic.update(node, new TrafficRows.Node(epoch, oldest));
    return epoch;
  }

  /**
   * Adds what a report has that was not known yet, and grants limited bytes where it asks.
   *
   * @param limits of bytes, by secret; who isn't there has none
   * @return what is granted; empty where the report's epoch isn't one of the node's last ones, or
   *     isn't the last and a secret has spent what it held, and would wait for ever: nothing was
   *     added, and the node is to begin another. What was added before, and its receipt was lost,
   *     counts twice then.
   * @throws StoreException where the store is away; nothing is added then, or all of it where the
   *     store has failed at the last moment, and the same report again does no harm
   */
  public Optional<List<TrafficReceipt.Grant>> add(
      TrafficReport report, Map<String, Map<Limits.Period, Long>> limits) throws StoreException {
    return transactions.run(
        "what has passed can't be written", (connection, rows) -> add(connection, report, limits));
  }

  private Optional<List<TrafficReceipt.Grant>> add(
      Connection connection, TrafficReport report, Map<String, Map<Limits.Period, Long>> limits)
      throws SQLException, UnknownException {
    String node = report.stamp().sender();
    long epoch = report.stamp().epoch();
    long sequence = report.stamp().sequence();
    TrafficRows traffic = new TrafficRows(connection);
    boolean asks = report.budgets().stream().anyMatch(TrafficReport.Budget::asks);
    if (asks) {
      traffic.lockGrants();
    }
    TrafficRows.Node known = traffic.lock(node);
    if (known == null || epoch > known.epoch() || epoch < known.oldestEpoch()) {
      return Optional.empty();
    }
    long nodes = asks ? traffic.nodesWith(node) : 0;
    Set<String> told =
        report.counts().stream().map(TrafficReport.Count::secret).collect(Collectors.toSet());
    Map<TrafficRows.Key, CounterRow> before = traffic.counters(node, epoch, told);
    Map<TrafficRows.Key, CounterRow> after = new HashMap<>();
    Map<String, Moved> moved = new HashMap<>();
    List<TrafficReceipt.Grant> grants = new ArrayList<>();
    Map<String, TrafficReport.Budget> budgets = new HashMap<>();
    report.budgets().forEach(budget -> budgets.put(budget.secret(), budget));
    for (TrafficReport.Count count : report.counts()) {
      String secret = count.secret();
      TrafficRows.Key key = new TrafficRows.Key(secret, count.counter());
      TrafficReport.Budget budget = budgets.get(secret);
      CounterRow old = before.get(key);
      CounterRow now = CounterRow.after(old, count, budget == null ? 0 : budget.held(), sequence);
      Moved more = now.since(old);
      if (epoch < known.epoch() && budget != null && budget.asks() && more.bytes() == 0) {
        return Optional.empty(); // no late report: it waits for bytes, was removed, and serves
      }
      Map<Limits.Period, Long> quota = limits.getOrDefault(secret, Map.of());
      if (budget != null
          && budget.asks()
          && !quota.isEmpty()
          && epoch == known.epoch()
          && (old == null || sequence > old.sequence())) { // else its receipt isn't waited for
        long bytes = grant(traffic, node, nodes, secret, quota, more.bytes());
        now = now.holding(bytes);
        grants.add(new TrafficReceipt.Grant(secret, bytes));
      }
      if (!now.equals(old)) {
        after.put(key, now);
        if (!more.isNone()) {
          moved.put(secret, more);
        }
      }
    }
    traffic.write(node, epoch, after, before.keySet());
    traffic.add(node, hour(), moved);
    transactions.commit(connection);
    return Optional.of(grants);
  }

  /**
   * Bytes of a secret.
   *
   * @param nodes among which is divided what is left
   * @param more that passed, and isn't written yet
   */
  private long grant(
      TrafficRows traffic,
      String node,
      long nodes,
      String secret,
      Map<Limits.Period, Long> quota,
      long more)
      throws SQLException {
    // First: what another node uses meanwhile of what it holds then counts twice, not never.
    long held = traffic.heldElsewhere(secret, node);
    Map<Limits.Period, Long> used = new EnumMap<>(Limits.Period.class);
    for (Limits.Period period : quota.keySet()) {
      long written =
          period == Limits.Period.TOTAL
              ? traffic.total(secret)
              : traffic.since(secret, Quota.begin(period, clock.instant()));
      used.put(period, written + more);
    }
    return Quota.grant(quota, used, held, nodes);
  }

  /**
   * In all, by secret and node, in this order.
   *
   * @param secrets null: of all, those that are gone too
   * @throws StoreException where the store is away
   */
  public List<SecretTotal> totals(@Nullable Collection<String> secrets) throws StoreException {
    return transactions.run(
        UNREADABLE, (connection, rows) -> new TrafficReads(connection).totals(secrets));
  }

  /**
   * Bytes both ways together in each period of UTC's calendar that is asked for, by the control's
   * clock: what limits count. An unwritten report is not in it, nor what nodes hold.
   *
   * @param asked by secret
   * @return a number for each that is asked for
   * @throws StoreException where the store is away
   */
  public Map<String, Map<Limits.Period, Long>> used(Map<String, Set<Limits.Period>> asked)
      throws StoreException {
    return transactions.run(
        UNREADABLE,
        (connection, rows) -> {
          TrafficReads reads = new TrafficReads(connection);
          Map<String, Map<Limits.Period, Long>> used = new HashMap<>();
          for (Limits.Period period : Limits.Period.values()) {
            List<String> names = new ArrayList<>();
            asked.forEach(
                (name, periods) -> {
                  if (periods.contains(period)) {
                    names.add(name);
                  }
                });
            Map<String, Long> moved = used(reads, names, period);
            for (String name : names) {
              used.computeIfAbsent(name, first -> new EnumMap<>(Limits.Period.class))
                  .put(period, moved.getOrDefault(name, 0L));
            }
          }
          return used;
        });
  }

  private Map<String, Long> used(TrafficReads reads, List<String> names, Limits.Period period)
      throws SQLException {
    if (names.isEmpty()) {
      return Map.of();
    }
    if (period != Limits.Period.TOTAL) {
      return reads.since(names, Quota.begin(period, clock.instant()));
    }
    Map<String, Long> all = new HashMap<>();
    for (SecretTotal total : reads.totals(names)) {
      long moved = Math.min(TrafficRows.MOST, total.moved().bytes());
      all.merge(total.secret(), moved, TrafficReads::orMost);
    }
    return all;
  }

  /**
   * In all, of all secrets together, by node: a row for each, where {@link #totals} has one for
   * each secret too.
   *
   * @throws StoreException where the store is away
   */
  public List<NodeTotal> nodeTotals() throws StoreException {
    return transactions.run(
        UNREADABLE, (connection, rows) -> new TrafficReads(connection).nodeTotals());
  }

  /**
   * By period and node, the newest first: from the last period that has something, and those before
   * it.
   *
   * @param secret null: of all together
   * @param before periods that begin sooner
   * @param most how many periods, with those that have nothing and are left out
   * @throws StoreException where the store is away
   */
  public List<TrafficPeriod> periods(
      @Nullable String secret, TrafficPeriod.Unit unit, Instant before, int most)
      throws StoreException {
    return transactions.run(
        UNREADABLE,
        (connection, rows) -> {
          TrafficReads reads = new TrafficReads(connection);
          // Of a day all or nothing: its hours are a day's some time.
          long units = Math.ceilDiv(before.getEpochSecond(), unit.hours() * HOUR.toSeconds());
          long end = units * unit.hours();
          long last = reads.last(secret, unit, end);
          long from = (last / unit.hours() - most + 1) * unit.hours();
          return last < 0 ? List.of() : reads.periods(secret, unit, from, end);
        });
  }

  private long hour() {
    return clock.instant().getEpochSecond() / HOUR.toSeconds();
  }

  /** The beginning of an hour since 1970. */
  static Instant time(long hour) {
    return Instant.ofEpochSecond(hour * HOUR.toSeconds());
  }

  /**
   * Makes days of hours that are older than is wanted, and forgets days that are: the oldest day of
   * each that is left. Called every hour it comes to an end with all; and where the clock is wrong
   * for an hour, no more than one day is lost. Forgets the totals of secrets that are gone, of
   * which no day is left.
   *
   * @param present names of secrets that are there
   * @param hours how long hours are kept
   * @param days how long days are kept
   * @throws StoreException where the store is away; what was done before is done
   */
  public void tidy(Set<String> present, Duration hours, Duration days) throws StoreException {
    long now = hour();
    tidy(1, now - hours.toHours(), TrafficRows::rollUp);
    tidy(24, now - days.toHours(), TrafficRows::forget);
    transactions.run(
        UNTIDY,
        (connection, rows) -> {
          TrafficRows traffic = new TrafficRows(connection);
          Set<String> gone = traffic.onlyTotals();
          gone.removeAll(present);
          traffic.forgetTotals(gone);
          transactions.commit(connection);
          return null;
        });
  }

  private interface Tidying {
    void of(TrafficRows rows, String node, long day) throws SQLException;
  }

  /** Of the oldest day, if it ended before an hour; of each node for itself. */
  private void tidy(int kind, long before, Tidying tidying) throws StoreException {
    long oldest =
        transactions.run(UNTIDY, (connection, rows) -> new TrafficRows(connection).oldest(kind));
    long day = Math.floorDiv(oldest, DAY);
    if (oldest < 0 || (day + 1) * DAY > before) {
      return;
    }
    Set<String> nodes =
        transactions.run(
            UNTIDY, (connection, rows) -> new TrafficRows(connection).nodes(kind, day));
    for (String node : nodes) {
      transactions.run(
          UNTIDY,
          (connection, rows) -> {
            TrafficRows traffic = new TrafficRows(connection);
            traffic.lock(node); // or a report might add to a row that goes
            tidying.of(traffic, node, day);
            transactions.commit(connection);
            return null;
          });
    }
  }
}
