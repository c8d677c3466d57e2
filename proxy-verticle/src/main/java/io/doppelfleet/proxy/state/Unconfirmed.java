package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.relay.Counts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a control has to be told yet of a node's counts. One report is made and confirmed before the
 * next one.
 */
final class Unconfirmed {
  /** Counts of a report: with names of 64 characters it has 3.5 MB. */
  static final int MOST = 10_000;

  /** Those of them that ask for bytes: each is some questions to the store. */
  static final int MOST_ASKING = 500;

  private final Counts counts;

  /** By secret, as a control has confirmed it. */
  private final Map<String, TrafficReport.Count> confirmed = new HashMap<>();

  /** By secret, what was confirmed when this epoch began, and isn't told in it. */
  private final Map<String, TrafficReport.Count> before = new HashMap<>();

  /** By secret, what of its limited bytes a control believes to be held here. */
  private final Map<String, Long> held = new HashMap<>();

  /** Secrets of the last report that was confirmed. */
  private final Set<String> last = new HashSet<>();

  private List<TrafficReport.Count> underWay = List.of();
  private List<TrafficReport.Budget> budgets = List.of();

  /**
   * What a report says.
   *
   * @param counts those that are others than a control has, or whose budgets are
   * @param budgets of those of them whose bytes are limited
   * @param more whether others ask too, and should soon
   */
  record Draft(
      List<TrafficReport.Count> counts, List<TrafficReport.Budget> budgets, boolean more) {}

  Unconfirmed(Counts counts) {
    this.counts = counts;
  }

  /** For the next report, as many as it takes. */
  synchronized Draft next() {
    counts.kept(confirmed.values().stream().filter(count -> held(count.secret()) == 0).toList());
    List<TrafficReport.Count> now = counts.now();
    Map<String, TrafficReport.Budget> limited = new HashMap<>();
    counts.budgets(now).forEach(budget -> limited.put(budget.secret(), budget));
    Set<String> names = new HashSet<>();
    List<TrafficReport.Count> due = new ArrayList<>();
    for (TrafficReport.Count count : now) {
      names.add(count.secret());
      if (!count.equals(confirmed.get(count.secret())) || isDue(count, limited)) {
        due.add(count);
      }
    }
    confirmed.keySet().retainAll(names);
    before.keySet().retainAll(names);
    held.keySet().retainAll(names);
    due.sort(Comparator.comparing(count -> last.contains(count.secret()))); // those have waited
    underWay = new ArrayList<>();
    budgets = new ArrayList<>();
    int asking = 0;
    boolean more = false;
    for (TrafficReport.Count count : due) {
      TrafficReport.Budget budget = limited.get(count.secret());
      boolean asks = budget != null && budget.asks();
      if (asks && asking == MOST_ASKING) {
        more = true;
      } else if (underWay.size() < MOST) {
        underWay.add(count);
        if (budget != null) {
          budgets.add(budget);
          asking += asks ? 1 : 0;
        }
      }
    }
    return new Draft(underWay.stream().map(this::inThisEpoch).toList(), List.copyOf(budgets), more);
  }

  /** What no control has confirmed in this epoch, all of it; nobody is told by this. */
  synchronized List<TrafficReport.Count> untold() {
    List<TrafficReport.Count> untold = new ArrayList<>();
    for (TrafficReport.Count count : counts.now()) {
      TrafficReport.Count known = confirmed.get(count.secret());
      if (known == null || known.counter() != count.counter() || moved(count, known)) {
        TrafficReport.Count told = inThisEpoch(count);
        untold.add(
            new TrafficReport.Count(
                told.secret(), told.counter(), told.up(), told.down(), told.opened(), 0));
      }
    }
    return untold;
  }

  private static boolean moved(TrafficReport.Count now, TrafficReport.Count before) {
    return now.up() != before.up()
        || now.down() != before.down()
        || now.opened() != before.opened();
  }

  /** Whether it asks for more, or gives back: all of it where its bytes are limited no more. */
  private boolean isDue(TrafficReport.Count count, Map<String, TrafficReport.Budget> limited) {
    TrafficReport.Budget budget = limited.get(count.secret());
    return budget == null
        ? held(count.secret()) > 0
        : budget.asks() || budget.held() < held(count.secret());
  }

  /** What a control believes to be held of a secret's limited bytes. */
  private long held(String secret) {
    return held.getOrDefault(secret, 0L);
  }

  private TrafficReport.Count inThisEpoch(TrafficReport.Count count) {
    TrafficReport.Count told = before.get(count.secret());
    return told == null || told.counter() != count.counter()
        ? count
        : new TrafficReport.Count(
            count.secret(),
            count.counter(),
            count.up() - told.up(),
            count.down() - told.down(),
            count.opened() - told.opened(),
            count.open());
  }

  /** A control has the last report, and grants this. */
  synchronized void confirmed(List<TrafficReceipt.Grant> grants) {
    Map<String, TrafficReport.Count> told = new HashMap<>();
    last.clear();
    for (TrafficReport.Count count : underWay) {
      told.put(count.secret(), count);
      last.add(count.secret());
      confirmed.put(count.secret(), count);
      held.remove(count.secret());
    }
    budgets.forEach(budget -> held.put(budget.secret(), budget.held()));
    for (TrafficReceipt.Grant grant : grants) {
      TrafficReport.Count at = told.get(grant.secret());
      if (at != null) {
        counts.granted(at, grant.bytes());
        held.put(grant.secret(), grant.bytes());
      }
    }
    underWay = List.of();
    budgets = List.of();
  }

  /**
   * The next report begins another epoch: what was confirmed in the one before is counted there.
   */
  synchronized void startAnew() {
    before.clear();
    before.putAll(confirmed);
    held.clear();
    underWay = List.of();
    budgets = List.of();
  }
}
