package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each byte is in the totals once, whatever becomes of reports. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(180)
final class TrafficTest extends OnEachEngine {
  private static final Instant MIDNIGHT = Instant.parse("2026-11-28T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant FAR = Instant.parse("9999-12-31T23:59:59Z");

  private final Hands clock = new Hands(MIDNIGHT);
  private Traffic traffic;

  TrafficTest(Engine engine) {
    super(engine);
  }

  @BeforeEach
  void setTheClock() throws Exception {
    store.close();
    store = Store.open(place.url(), place.key(), clock, new SecureRandom());
    traffic = store.traffic();
  }

  private static TrafficReport.Count count(
      String secret, long counter, long up, long down, long opened, int open) {
    return new TrafficReport.Count(secret, counter, up, down, opened, open);
  }

  private static TrafficReport report(
      String node, long epoch, long sequence, TrafficReport.Count... counts) {
    return new TrafficReport(new Stamp(node, epoch, sequence), List.of(counts));
  }

  private boolean add(TrafficReport report) throws StoreException {
    return add(traffic, report);
  }

  private static boolean add(Traffic to, TrafficReport report) throws StoreException {
    return to.add(report, Map.of()).isPresent();
  }

  private List<TrafficPeriod> hours(String secret) throws StoreException {
    return traffic.periods(secret, TrafficPeriod.Unit.HOUR, FAR, 1000);
  }

  private List<TrafficPeriod> days(String secret) throws StoreException {
    return traffic.periods(secret, TrafficPeriod.Unit.DAY, FAR, 1000);
  }

  @Test
  void whatIsUsedIsOfThePeriodsThatGoOn() throws Exception {
    long epoch = traffic.newEpoch("node");
    clock.now = Instant.parse("2026-10-31T23:59:59Z");
    add(report("node", epoch, 1, count("alice", 1, 1, 0, 1, 1)));
    clock.now = Instant.parse("2026-11-22T12:00:00Z"); // a Sunday
    add(report("node", epoch, 2, count("alice", 1, 11, 0, 1, 1)));
    clock.now = Instant.parse("2026-11-27T12:00:00Z");
    add(report("node", epoch, 3, count("alice", 1, 11, 100, 1, 1)));
    clock.now = Instant.parse("2026-11-28T12:00:00Z");
    add(report("node", epoch, 4, count("alice", 1, 1_011, 100, 1, 1)));
    Set<Limits.Period> all = Set.of(Limits.Period.values());
    Map<String, Map<Limits.Period, Long>> used =
        traffic.used(Map.of("alice", all, "bob", Set.of(Limits.Period.MONTH)));
    assertThat(used.get("alice"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Limits.Period.DAY, 1_000L,
                Limits.Period.WEEK, 1_100L,
                Limits.Period.MONTH, 1_110L,
                Limits.Period.TOTAL, 1_111L));
    assertThat(used.get("bob")).isEqualTo(Map.of(Limits.Period.MONTH, 0L));
  }

  /** A node that was seized says what it likes: of it alone something is wrong then. */
  @Test
  void countsThatNoNodeCanHaveBreakNoSum() throws Exception {
    long most = TrafficReport.Count.MOST;
    long epoch = traffic.newEpoch("seized");
    for (int counter = 1; counter <= 9; counter++) {
      assertThat(
              add(report("seized", epoch, counter, count("alice", counter, most, most, most, 1))))
          .isTrue();
    }
    long honest = traffic.newEpoch("n1");
    assertThat(add(report("n1", honest, 1, count("alice", 1, 5, 6, 1, 1)))).isTrue();
    long capped = (1L << 62) - 1;
    assertThat(traffic.totals(List.of("alice")))
        .containsExactly(
            new SecretTotal("alice", "n1", new Moved(5, 6, 1), 1),
            new SecretTotal("alice", "seized", new Moved(capped, capped, capped), 9));
    assertThat(traffic.nodeTotals())
        .contains(new NodeTotal("seized", new Moved(capped, capped, capped), 9));
    assertThat(hours("alice")).hasSize(2);

    TrafficReport asks =
        new TrafficReport(
            new Stamp("n1", honest, 2),
            List.of(count("alice", 1, 7, 6, 1, 1)),
            List.of(new TrafficReport.Budget("alice", 0, true)));
    assertThat(traffic.add(asks, Map.of("alice", Map.of(Limits.Period.DAY, 1L << 40))))
        .contains(List.of(new TrafficReceipt.Grant("alice", 0)));

    for (int start = 0; start < 5; start++) {
      traffic.newEpoch("seized"); // so that its first one is added up
    }
    clock.now = MIDNIGHT.plus(Duration.ofDays(3));
    traffic.tidy(Set.of("alice"), HOUR, Duration.ofDays(30));
    assertThat(days("alice")).hasSize(2);
    assertThat(traffic.totals(List.of("alice"))).hasSize(2);
  }

  @Test
  void aReportThatComesTwiceOrLateAddsNothing() throws Exception {
    long epoch = traffic.newEpoch("n1");
    TrafficReport first = report("n1", epoch, 1, count("alice", 1, 10, 20, 1, 1));
    TrafficReport second = report("n1", epoch, 2, count("alice", 1, 15, 20, 3, 2));
    for (TrafficReport each : List.of(second, first, second, first)) {
      assertThat(add(each)).isTrue();
    }
    assertThat(traffic.totals(null))
        .containsExactly(new SecretTotal("alice", "n1", new Moved(15, 20, 3), 2));
    assertThat(hours("alice"))
        .containsExactly(new TrafficPeriod(MIDNIGHT, "n1", new Moved(15, 20, 3)));
  }

  @Test
  void whatComesOfAnUnknownOrLongGoneEpochIsRefusedAndEarlierEpochsStayInTheTotals()
      throws Exception {
    assertThat(add(report("n1", 1, 1, count("alice", 1, 1, 1, 1, 0)))).isFalse();
    for (int epoch = 1; epoch <= 6; epoch++) {
      assertThat(traffic.newEpoch("n1")).isEqualTo(epoch);
      assertThat(add(report("n1", epoch, 1, count("alice", 1, epoch, 0, 1, 7)))).isTrue();
    }
    assertThat(add(report("n1", 7, 1, count("alice", 1, 99, 0, 1, 0)))).isFalse();
    assertThat(add(report("n1", 2, 2, count("alice", 1, 99, 0, 1, 0)))).isFalse();
    assertThat(add(report("n1", 3, 2, count("alice", 1, 4, 0, 1, 0)))).isTrue();
    // The connections are those of the present epoch.
    assertThat(traffic.totals(List.of("alice")))
        .containsExactly(new SecretTotal("alice", "n1", new Moved(22, 0, 6), 7));
  }

  @Test
  void totalsAreOfTheSecretsThatAreAskedForOrOfNodesAsAWhole() throws Exception {
    for (String node : List.of("n1", "n2")) {
      long epoch = traffic.newEpoch(node);
      add(report(node, epoch, 1, count("alice", 1, 1, 2, 1, 1), count("bob", 1, 10, 20, 2, 2)));
    }
    traffic.newEpoch("n2"); // its connections of before are gone
    Moved ofBob = new Moved(10, 20, 2);
    assertThat(traffic.totals(List.of("bob", "carol")))
        .containsExactly(
            new SecretTotal("bob", "n1", ofBob, 2), new SecretTotal("bob", "n2", ofBob, 0));
    assertThat(traffic.totals(List.of())).isEmpty();
    assertThat(traffic.nodeTotals())
        .containsExactly(
            new NodeTotal("n1", new Moved(11, 22, 3), 3),
            new NodeTotal("n2", new Moved(11, 22, 3), 0));
  }

  @Test
  void aCounterThatBeginsAnewAddsToTheOneBefore() throws Exception {
    long epoch = traffic.newEpoch("n1");
    add(report("n1", epoch, 1, count("alice", 1, 100, 0, 1, 0)));
    add(report("n1", epoch, 2, count("alice", 2, 5, 0, 1, 0)));
    add(report("n1", epoch, 1, count("alice", 1, 110, 0, 2, 0)));
    assertThat(traffic.totals(List.of("alice")))
        .containsExactly(new SecretTotal("alice", "n1", new Moved(115, 0, 3), 0));
  }

  @Test
  void whereTheClockIsSetBytesAreInAnotherHourAndNoneIsLostOrTwice() throws Exception {
    long epoch = traffic.newEpoch("n1");
    add(report("n1", epoch, 1, count("alice", 1, 1, 0, 0, 0)));
    clock.now = MIDNIGHT.plus(HOUR);
    add(report("n1", epoch, 2, count("alice", 1, 3, 0, 0, 0)));
    clock.now = MIDNIGHT.minus(HOUR.multipliedBy(30));
    add(report("n1", epoch, 3, count("alice", 1, 7, 0, 0, 0)));
    clock.now = MIDNIGHT.plusSeconds(3599);
    add(report("n1", epoch, 4, count("alice", 1, 15, 0, 0, 0)));
    assertThat(hours("alice"))
        .containsExactly(
            new TrafficPeriod(MIDNIGHT.plus(HOUR), "n1", new Moved(2, 0, 0)),
            new TrafficPeriod(MIDNIGHT, "n1", new Moved(9, 0, 0)),
            new TrafficPeriod(MIDNIGHT.minus(HOUR.multipliedBy(30)), "n1", new Moved(4, 0, 0)));
    assertThat(traffic.periods("alice", TrafficPeriod.Unit.HOUR, MIDNIGHT.plus(HOUR), 1))
        .containsExactly(new TrafficPeriod(MIDNIGHT, "n1", new Moved(9, 0, 0)));
    assertThat(days("alice"))
        .containsExactly(
            new TrafficPeriod(MIDNIGHT, "n1", new Moved(11, 0, 0)),
            new TrafficPeriod(MIDNIGHT.minus(HOUR.multipliedBy(48)), "n1", new Moved(4, 0, 0)));
  }

  @Test
  void whereATimeInTheMidstOfADayIsSaidTheDayIsThereAsAWhole() throws Exception {
    long epoch = traffic.newEpoch("n1");
    add(report("n1", epoch, 1, count("alice", 1, 1, 0, 0, 0)));
    clock.now = MIDNIGHT.plus(HOUR.multipliedBy(20));
    add(report("n1", epoch, 2, count("alice", 1, 3, 0, 0, 0)));
    for (Duration into : List.of(Duration.ofSeconds(1), HOUR.multipliedBy(24))) {
      assertThat(traffic.periods("alice", TrafficPeriod.Unit.DAY, MIDNIGHT.plus(into), 9))
          .containsExactly(new TrafficPeriod(MIDNIGHT, "n1", new Moved(3, 0, 0)));
    }
    assertThat(traffic.periods("alice", TrafficPeriod.Unit.DAY, MIDNIGHT, 9)).isEmpty();
  }

  /** A byte each hour of some days, on two nodes. */
  private void someDays(int days) throws Exception {
    long one = traffic.newEpoch("n1");
    long two = traffic.newEpoch("n2");
    for (int hour = 0; hour < days * 24; hour++) {
      clock.now = MIDNIGHT.plus(HOUR.multipliedBy(hour));
      add(report("n1", one, hour + 1, count("alice", 1, hour + 1, 0, 0, 0)));
      add(report("n2", two, hour + 1, count("alice", 1, hour + 1, 0, 0, 0)));
    }
  }

  @Test
  void hoursBecomeDaysAndDaysGoAndTheTotalsStay() throws Exception {
    someDays(5);
    List<TrafficPeriod> byDay = days("alice");
    List<SecretTotal> totals = traffic.totals(null);
    assertThat(byDay).hasSize(10).allMatch(day -> day.moved().up() == 24);
    for (int i = 0; i < 10; i++) {
      traffic.tidy(Set.of(), Duration.ofDays(2), Duration.ofDays(4));
    }
    assertThat(days("alice")).isEqualTo(byDay);
    // The hours of a day go together, so there are 2 to 3 days of them.
    assertThat(hours("alice")).hasSize(3 * 24 * 2).allMatch(hour -> hour.moved().up() == 1);
    clock.now = MIDNIGHT.plus(Duration.ofDays(7));
    for (int i = 0; i < 10; i++) {
      traffic.tidy(Set.of(), Duration.ofDays(2), Duration.ofDays(4));
    }
    assertThat(days("alice")).isEqualTo(byDay.subList(0, 4));
    assertThat(hours("alice")).isEmpty();
    assertThat(traffic.totals(null)).isEqualTo(totals);
  }

  @Test
  void aReportOfAClockThatWasSetBackIsAddedToADayThatWasRolledUp() throws Exception {
    someDays(3);
    for (int i = 0; i < 3; i++) {
      traffic.tidy(Set.of(), Duration.ofDays(1), Duration.ofDays(400));
    }
    clock.now = MIDNIGHT.plus(HOUR);
    add(report("n1", 1, 100, count("alice", 1, 1072, 0, 0, 0)));
    List<TrafficPeriod> byDay = days("alice");
    assertThat(byDay).contains(new TrafficPeriod(MIDNIGHT, "n1", new Moved(1024, 0, 0)));
    clock.now = MIDNIGHT.plus(Duration.ofDays(3));
    for (int i = 0; i < 3; i++) {
      traffic.tidy(Set.of(), Duration.ofDays(1), Duration.ofDays(400));
    }
    assertThat(days("alice")).isEqualTo(byDay);
  }

  @Test
  void aClockThatIsWrongForAnHourCostsNoMoreThanADay() throws Exception {
    someDays(5);
    for (int i = 0; i < 10; i++) {
      traffic.tidy(Set.of(), Duration.ofDays(1), Duration.ofDays(400));
    }
    clock.now = MIDNIGHT.plus(Duration.ofDays(4000));
    traffic.tidy(Set.of(), Duration.ofDays(1), Duration.ofDays(400));
    assertThat(days("alice")).hasSize(8);
  }

  @Test
  void theTotalsOfASecretThatIsGoneAreForgottenWithItsLastDay() throws Exception {
    for (int epoch = 1; epoch <= 6; epoch++) {
      traffic.newEpoch("n1");
      if (epoch == 1) {
        add(report("n1", 1, 1, count("alice", 1, 1, 0, 0, 0), count("bob", 1, 1, 0, 0, 0)));
      }
    }
    traffic.tidy(Set.of("bob"), Duration.ofDays(1), Duration.ofDays(400));
    assertThat(traffic.totals(null)).hasSize(2);
    clock.now = MIDNIGHT.plus(Duration.ofDays(402));
    traffic.tidy(Set.of("bob"), Duration.ofDays(1), Duration.ofDays(400));
    assertThat(traffic.totals(null)).extracting(SecretTotal::secret).containsExactly("bob");
  }

  @Test
  void twoControlsThatAreToldTheSameWriteItOnce() throws Exception {
    long epoch = traffic.newEpoch("n1");
    try (Store other = other()) {
      for (int i = 1; i <= 20; i++) {
        TrafficReport report =
            report("n1", epoch, i, count("alice", 1, i, 0, 0, 0), count("bob", 1, i, 0, 0, 0));
        together(() -> add(traffic, report), () -> add(other.traffic(), report));
      }
      assertThat(traffic.totals(null))
          .containsExactly(
              new SecretTotal("alice", "n1", new Moved(20, 0, 0), 0),
              new SecretTotal("bob", "n1", new Moved(20, 0, 0), 0));
    }
    reopen();
    assertThat(store.traffic().totals(List.of("bob")))
        .containsExactly(new SecretTotal("bob", "n1", new Moved(20, 0, 0), 0));
  }

  @Test
  void lostRepeatedLateAndReorderedReportsAndRestartsMakeTheTotalsOfWhatWasTold() throws Exception {
    for (int round = 0; round < 20; round++) {
      long seed = System.nanoTime();
      ToldFleet fleet = new ToldFleet("r" + round, new Random(seed), traffic, clock);
      for (int step = 0; step < 150; step++) {
        fleet.step();
      }
      fleet.all();
      assertThat(fleet.written()).as("seed %d", seed).isEqualTo(fleet.told);
      assertThat(fleet.writtenByDay()).as("seed %d", seed).isEqualTo(fleet.told);
    }
  }

  @Test
  void tenThousandActiveSecretsAreWrittenInOneReport() throws Exception {
    long epoch = traffic.newEpoch("n1");
    for (int i = 1; i <= 2; i++) {
      List<TrafficReport.Count> counts = new ArrayList<>();
      for (int user = 0; user < 10_000; user++) {
        counts.add(count("user" + user, 1, i * 1000L + user, i, i, 1));
      }
      assertThat(add(new TrafficReport(new Stamp("n1", epoch, i), counts))).isTrue();
    }
    assertThat(traffic.totals(null)).hasSize(10_000).allMatch(total -> total.moved().down() == 2);
  }
}
