package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What no control has confirmed: of this node's earlier starts, and of this one while none answers.
 * It is kept for the next start, as reports of the epochs that they are counted in, so that who is
 * told one of them twice adds nothing. Of a start that was given no epoch they are of {@link
 * #NO_EPOCH} until a control gives one, which is kept before it is used. Its methods block.
 */
final class Untold {
  /** No control gives it. */
  static final long NO_EPOCH = 0;

  private static final Logger LOG = LoggerFactory.getLogger(Untold.class);

  private final TrafficReporter.Keeper keeper;
  private List<TrafficReport> earlier = List.of();
  private List<TrafficReport> own = List.of();
  private boolean failing;

  Untold(TrafficReporter.Keeper keeper) {
    this.keeper = keeper;
  }

  /** Reads what an earlier start has kept; of another identity it is not this node's to tell. */
  synchronized void begin(String sender) {
    try {
      List<TrafficReport> kept = keeper.read();
      List<TrafficReport> all = new ArrayList<>();
      Map<String, TrafficReport.Count> sums = new TreeMap<>();
      for (TrafficReport report : kept) {
        if (!report.stamp().sender().equals(sender)) {
          LOG.warn("what passed when this node was {} is not told", report.stamp().sender());
        } else if (report.stamp().epoch() == NO_EPOCH) {
          report.counts().forEach(count -> sums.merge(count.secret(), alone(count), Untold::sum));
        } else {
          all.add(report);
        }
      }
      all.addAll(reports(new Stamp(sender, NO_EPOCH, 1), List.copyOf(sums.values())));
      earlier = all;
      if (kept.stream().anyMatch(report -> !report.stamp().sender().equals(sender))) {
        tryToWrite();
      }
    } catch (IOException e) {
      LOG.warn("what passed before this start is not told: {}", e.getMessage());
    }
  }

  /** Two starts count each for itself, and are told as one. */
  private static TrafficReport.Count sum(TrafficReport.Count one, TrafficReport.Count other) {
    return new TrafficReport.Count(
        one.secret(),
        1,
        one.up() + other.up(),
        one.down() + other.down(),
        one.opened() + other.opened(),
        0);
  }

  private static TrafficReport.Count alone(TrafficReport.Count count) {
    return new TrafficReport.Count(count.secret(), 1, count.up(), count.down(), count.opened(), 0);
  }

  /** As many as it takes for a link to carry each. */
  private static List<TrafficReport> reports(Stamp stamp, List<TrafficReport.Count> counts) {
    List<TrafficReport> reports = new ArrayList<>();
    for (int i = 0; i < counts.size(); i += Unconfirmed.MOST) {
      reports.add(
          new TrafficReport(
              stamp, counts.subList(i, Math.min(i + Unconfirmed.MOST, counts.size()))));
    }
    return reports;
  }

  /** The next of an earlier start that is to be told; null: none. */
  synchronized @Nullable TrafficReport first() {
    return earlier.isEmpty() ? null : earlier.getFirst();
  }

  /** A control gives an epoch to those that have none. */
  synchronized void granted(long epoch) throws IOException {
    List<TrafficReport> all =
        earlier.stream()
            .map(
                report ->
                    report.stamp().epoch() == NO_EPOCH
                        ? new TrafficReport(
                            new Stamp(report.stamp().sender(), epoch, 1), report.counts())
                        : report)
            .toList();
    List<TrafficReport> before = earlier;
    earlier = all;
    try {
      mustWrite(); // told in one epoch and kept in none it would be told again in another
    } catch (IOException e) {
      earlier = before;
      throw e;
    }
  }

  /** The first was told. */
  synchronized void told() {
    earlier = earlier.subList(1, earlier.size());
    tryToWrite();
  }

  /**
   * From now on these of this start are kept, in place of those before.
   *
   * @param stamp of their epoch; its sequence greater than that of what was told in it
   * @param counts empty: a control has all
   */
  synchronized void keep(Stamp stamp, List<TrafficReport.Count> counts) {
    if (!counts.equals(own.stream().flatMap(report -> report.counts().stream()).toList())) {
      own = reports(stamp, counts);
      tryToWrite();
    }
  }

  /** What is kept is of this epoch now, which is to be kept before it is told. */
  synchronized void began(Stamp stamp, List<TrafficReport.Count> counts) throws IOException {
    if (own.isEmpty()) {
      return;
    }
    List<TrafficReport> before = own;
    own = reports(stamp, counts);
    try {
      mustWrite();
    } catch (IOException e) {
      own = before;
      throw e;
    }
  }

  /** On a full disk rather nothing is kept than what isn't so any more. */
  private void mustWrite() throws IOException {
    try {
      write();
    } catch (IOException e) {
      keeper.write(List.of());
    }
  }

  private void tryToWrite() {
    try {
      write();
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        LOG.warn("what passed here can't be kept for the next start: {}", e.getMessage());
      }
    }
  }

  private void write() throws IOException {
    List<TrafficReport> all = new ArrayList<>(earlier);
    all.addAll(own);
    keeper.write(all);
    failing = false;
  }
}
