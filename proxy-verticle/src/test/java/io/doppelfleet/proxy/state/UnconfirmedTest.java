package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt.Grant;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.fleet.TrafficReport.Budget;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.proxy.relay.Counts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a node tells of its counts, where receipts are lost and epochs end. */
class UnconfirmedTest {
  private static final int SECRETS = 3;

  /** Counts that a test moves; a secret that is gone is forgotten once it is confirmed. */
  private static final class Moving implements Counts {
    private final Map<String, TrafficReport.Count> bySecret = new TreeMap<>();
    private final Map<String, Long> moved = new TreeMap<>();
    private final Map<String, Long> held = new TreeMap<>();
    private boolean limited;
    private long counters;

    void pass(String secret, int bytes) {
      moved.merge(secret, (long) bytes, Long::sum);
      TrafficReport.Count old =
          bySecret.computeIfAbsent(
              secret, name -> new TrafficReport.Count(name, ++counters, 0, 0, 0, 0));
      bySecret.put(
          secret,
          new TrafficReport.Count(secret, old.counter(), old.up() + bytes, 0, old.opened() + 1, 0));
    }

    @Override
    public List<TrafficReport.Count> now() {
      return List.copyOf(bySecret.values());
    }

    @Override
    public List<Budget> budgets(List<TrafficReport.Count> counts) {
      return counts.stream()
          .filter(count -> limited)
          .map(TrafficReport.Count::secret)
          .map(name -> new Budget(name, held.getOrDefault(name, 1L), !held.containsKey(name)))
          .toList();
    }

    @Override
    public void granted(TrafficReport.Count at, long bytes) {
      held.put(at.secret(), bytes);
    }

    @Override
    public void giveBack() {
      held.replaceAll((secret, bytes) -> 0L);
    }

    @Override
    public void onNeed(Runnable told) {}

    @Override
    public void kept(Collection<TrafficReport.Count> counts) {
      // Of all secrets but the first it is known that they are gone.
      counts.forEach(
          count -> {
            if (!limited && !count.secret().equals("s0")) {
              bySecret.remove(count.secret(), count);
            }
          });
    }
  }

  private enum Step {
    PASS,
    /** A report that is written and confirmed. */
    TELL,
    /** A report that doesn't come. */
    LOSE,
    /** A report that is written, whose receipt doesn't come. */
    LOSE_RECEIPT,
    /** The control doesn't know the epoch: nothing is written, and another one begins. */
    REFUSE
  }

  @Provide
  Arbitrary<List<Integer>> steps() {
    return Arbitraries.integers()
        .between(0, Step.values().length * SECRETS - 1)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 2000)
  void whatIsToldInTheEndIsWhatPassed(@ForAll("steps") List<Integer> steps) {
    Moving counts = new Moving();
    Unconfirmed unconfirmed = new Unconfirmed(counts);
    Map<List<Object>, Long> written = new HashMap<>();
    int epoch = 1;
    boolean sure = true; // a receipt that is lost before an epoch ends is what a node can't know of
    for (int each : steps) {
      switch (Step.values()[each / SECRETS]) {
        case PASS -> counts.pass("s" + each % SECRETS, each + 1);
        case TELL -> {
          write(written, epoch, unconfirmed.next().counts());
          unconfirmed.confirmed(List.of());
          sure = true;
        }
        case LOSE -> unconfirmed.next();
        case LOSE_RECEIPT -> {
          write(written, epoch, unconfirmed.next().counts());
          sure = false;
        }
        case REFUSE -> {
          if (sure) {
            unconfirmed.next();
            unconfirmed.startAnew();
            epoch++;
          }
        }
      }
    }
    write(written, epoch, unconfirmed.next().counts());
    unconfirmed.confirmed(List.of());
    Map<String, Long> totals = new TreeMap<>();
    written.forEach((counter, up) -> totals.merge((String) counter.get(1), up, Long::sum));
    totals.values().removeIf(up -> up == 0);
    assertThat(totals).isEqualTo(counts.moved);
    assertThat(unconfirmed.next().counts()).isEmpty();
  }

  private static void write(
      Map<List<Object>, Long> written, int epoch, List<TrafficReport.Count> report) {
    report.forEach(
        count ->
            written.merge(List.of(epoch, count.secret(), count.counter()), count.up(), Long::max));
  }

  @Example
  void whereMoreIsNewThanAReportHasTheNextOneHasTheRestThoughTheFirstMoveOn() {
    Moving counts = new Moving();
    Unconfirmed unconfirmed = new Unconfirmed(counts);
    Set<String> told = new HashSet<>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2 * Unconfirmed.MOST; i++) {
        counts.pass("user" + i, 1);
      }
      List<TrafficReport.Count> report = unconfirmed.next().counts();
      assertThat(report).hasSize(Unconfirmed.MOST);
      report.forEach(count -> told.add(count.secret()));
      unconfirmed.confirmed(List.of());
    }
    assertThat(told).hasSize(2 * Unconfirmed.MOST);
  }

  @Example
  void whoAsksForBytesDoesSoInTurnAndWhatIsGivenBackIsTold() {
    Moving counts = new Moving();
    counts.limited = true;
    for (int i = 0; i < Unconfirmed.MOST_ASKING + 3; i++) {
      counts.pass("user" + i, 1);
    }
    Unconfirmed unconfirmed = new Unconfirmed(counts);
    Unconfirmed.Draft first = unconfirmed.next();
    assertThat(first.budgets()).hasSize(Unconfirmed.MOST_ASKING).allMatch(Budget::asks);
    assertThat(first.more()).isTrue();
    unconfirmed.confirmed(
        first.budgets().stream().map(budget -> new Grant(budget.secret(), 9)).toList());
    Unconfirmed.Draft second = unconfirmed.next();
    assertThat(second.budgets()).hasSize(3);
    assertThat(second.more()).isFalse();
    unconfirmed.confirmed(
        second.budgets().stream().map(budget -> new Grant(budget.secret(), 9)).toList());
    assertThat(counts.held).hasSize(Unconfirmed.MOST_ASKING + 3).containsValue(9L);
    assertThat(unconfirmed.next().counts()).isEmpty();

    counts.held.put("user1", 4L);
    assertThat(unconfirmed.next().budgets()).containsExactly(new Budget("user1", 4, false));
    unconfirmed.confirmed(List.of());
    assertThat(unconfirmed.next().counts()).isEmpty();
  }

  @Example
  void whatANodeHeldWhenItEndsIsToldToBeHeldNoMore() {
    Moving counts = new Moving();
    counts.limited = true;
    counts.pass("s0", 5);
    Unconfirmed unconfirmed = new Unconfirmed(counts);
    unconfirmed.next();
    unconfirmed.confirmed(List.of(new Grant("s0", 1000)));
    assertThat(unconfirmed.next().counts()).isEmpty();
    counts.giveBack();
    assertThat(unconfirmed.next().budgets()).containsExactly(new Budget("s0", 0, false));
    unconfirmed.confirmed(List.of());
    assertThat(unconfirmed.next().counts()).isEmpty();
  }

  /** Else other nodes would count it as held here when the name comes back with a new counter. */
  @Example
  void whatWasHeldOfASecretThatIsGoneIsToldToBeHeldNoMoreBeforeItIsForgotten() {
    Moving counts = new Moving();
    counts.limited = true;
    counts.pass("s1", 5);
    Unconfirmed unconfirmed = new Unconfirmed(counts);
    unconfirmed.next();
    unconfirmed.confirmed(List.of(new Grant("s1", 1000)));
    assertThat(unconfirmed.next().counts()).isEmpty();
    counts.limited = false;
    for (int report = 0; report < 2; report++) { // the first one doesn't come
      Unconfirmed.Draft last = unconfirmed.next();
      assertThat(last.counts()).extracting(TrafficReport.Count::secret).containsExactly("s1");
      assertThat(last.budgets()).isEmpty();
    }
    unconfirmed.confirmed(List.of());
    assertThat(unconfirmed.next().counts()).isEmpty();
    assertThat(counts.now()).isEmpty();
  }

  /** Names and numbers as long as they may be; what a control doesn't take would come for ever. */
  @Example
  void theLongestReportFitsALink() {
    List<TrafficReport.Count> counts = new ArrayList<>();
    List<Budget> budgets = new ArrayList<>();
    long most = Long.MAX_VALUE;
    long moved = TrafficReport.Count.MOST;
    for (int i = 0; i < Unconfirmed.MOST; i++) {
      String name = "s".repeat(59) + "%05d".formatted(i);
      counts.add(new TrafficReport.Count(name, most, moved, moved, moved, Integer.MAX_VALUE));
      budgets.add(new Budget(name, most, false));
    }
    TrafficReport report =
        new TrafficReport(new Stamp("n".repeat(64), most, most), counts, budgets);
    assertThat(MessageJson.write(report)).hasSizeLessThan(Frames.LONGEST_TO_CONTROL - 100);
  }
}
