package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.PlayedPump.Arrival;
import io.doppelfleet.proxy.doppel.PlayedPump.Left;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.jspecify.annotations.Nullable;

/** What is planned, whatever comes and whenever. */
final class ShaperTest {
  static final int FULL_RECORD = 16_401;
  static final int LEAST = 18;
  private static final int MOST_WAIT = 50_000;

  @Property(tries = 500)
  void allBytesLeaveInLegalRecordsAndNoneWaitsForFiftyMilliseconds(
      @ForAll("traffics") Traffic traffic,
      @ForAll Shaping shaping,
      @ForAll("arrivals") List<Arrival> arrivals) {
    PlayedPump run = new PlayedPump(shaper(traffic, shaping));
    run.through(arrivals);
    assertThat(run.left().stream().mapToInt(Left::length).sum())
        .isEqualTo(arrivals.stream().mapToInt(Arrival::bytes).sum());
    assertThat(run.left()).allMatch(left -> left.length() >= 1 && left.length() <= FULL_RECORD);
    assertThat(run.longestWait())
        .isLessThan(shaping == Shaping.FULL ? MOST_WAIT : 1)
        .isGreaterThanOrEqualTo(0);
  }

  @Property(tries = 300)
  void nothingIsLeftOverOfAFlowOfWhichAsMuchIsTakenAsWholeRecordsNeed(
      @ForAll("traffics") Traffic traffic,
      @ForAll Shaping shaping,
      @ForAll @IntRange(min = 2 * FULL_RECORD, max = 256 * 1024) int most) {
    Shaper shaper = shaper(traffic, shaping);
    Burst burst = new Burst();
    for (int chunk = 0; chunk < 6; chunk++) {
      int whole = shaper.whole(burst, most);
      assertThat(whole).isBetween(1, most);
      shaper.plan(burst, whole, Coming.THERE, chunk);
      assertThat(shaper.planned() == whole || whole == most).isTrue();
      shaper.left(burst);
    }
  }

  @Property(tries = 300)
  void noRecordIsShorterThanTlsMakesThemWhereTheBytesSuffice(
      @ForAll("traffics") Traffic traffic,
      @ForAll @Size(min = 1, max = 20)
          List<@IntRange(min = LEAST, max = 60_000) Integer> messages) {
    PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
    run.through(messages.stream().map(bytes -> new Arrival(60_000, bytes, false, false)).toList());
    assertThat(run.left()).allMatch(left -> left.length() >= LEAST);
  }

  @Property(tries = 200)
  void aLongResponseIsFollowedRecordByRecord(
      @ForAll @UniqueElements @Size(min = 8, max = 40)
          List<@IntRange(min = 600, max = FULL_RECORD) Integer> sizes) {
    Traffic traffic = traffic(FULL_RECORD, response(sizes, 0, 50_000_000));
    PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
    // Half as much again: the tail of what was seen goes on.
    int bytes = sizes.stream().mapToInt(Integer::intValue).sum();
    run.through(
        Collections.nCopies(3 * bytes / 2 / 3_000 + 20, new Arrival(100, 3_000, false, false)));
    List<Integer> lengths = run.left().stream().map(Left::length).toList();
    assertThat(lengths.subList(0, sizes.size())).isEqualTo(sizes);
    List<Integer> tail = sizes.subList(sizes.size() / 2, sizes.size());
    List<Integer> rest = lengths.subList(sizes.size(), lengths.size() - 2);
    for (int i = 0; i < rest.size(); i++) {
      assertThat(rest.get(i)).isEqualTo(tail.get(i % tail.size()));
    }
  }

  @Property(tries = 200)
  void aMessageIsSplitAsAResponseOfItsSize(
      @ForAll @Size(min = 2, max = 7) List<@IntRange(min = 300, max = 1_000) Integer> sizes,
      @ForAll @IntRange(min = 200, max = 900) int last) {
    int bytes = sizes.stream().mapToInt(Integer::intValue).sum();
    Traffic traffic =
        traffic(
            FULL_RECORD,
            response(List.of(FULL_RECORD), 0, 1_000_000),
            response(sizes, 0, bytes),
            response(List.of(FULL_RECORD, FULL_RECORD), 0, 9_000_000));
    PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
    List<Integer> head = sizes.subList(0, sizes.size() - 1);
    int message = head.stream().mapToInt(Integer::intValue).sum() + last;
    run.through(List.of(new Arrival(0, message, false, false)));
    List<Integer> expected = new ArrayList<>(head);
    expected.add(last);
    assertThat(run.left().stream().map(Left::length)).isEqualTo(expected);
  }

  @Example
  void aShortMessageLeavesAtOnceAndALongerOneWhenNothingFollows() {
    PlayedPump run = new PlayedPump(shaper(null, Shaping.FULL));
    run.through(List.of(new Arrival(0, 400, false, false), new Arrival(0, 5_000, false, false)));
    assertThat(run.left()).containsExactly(new Left(400, 0), new Left(5_000, 2_000));
  }

  @Example
  void aMessageThatEndsInAShortSegmentWaitsOnlyWhereOneLeftJustBefore() {
    Shaper shaper = shaper(null, Shaping.FULL);
    Burst burst = new Burst() {};
    assertThat(Burst.endsShort(5_000, 1_448)).isTrue();
    assertThat(shaper.asksForSegment(burst, 5_000, () -> 0)).isTrue();
    assertThat(shaper.plan(burst, 5_000, Coming.HARDLY, 100_000)).isOne();
    shaper.left(burst);
    assertThat(shaper.plan(burst, 5_000, Coming.HARDLY, 101_000)).as("a dribble").isZero();
    shaper.left(burst);
    assertThat(burst.left(101_000)).isEqualTo(2_000);
    assertThat(shaper.plan(burst, 5_000, Coming.NONE_SO_FAR, 103_000)).isOne();
    shaper.left(burst);
    assertThat(shaper.plan(burst, 5_000, Coming.HARDLY, 106_000)).isOne();
  }

  @Example
  void noSegmentIsAskedForWhereItMattersNot() {
    Shaper shaper = shaper(null, Shaping.FULL);
    Burst burst = new Burst() {};
    assertThat(shaper.asksForSegment(burst, 400, () -> 0)).as("whole on any way").isFalse();
    assertThat(shaper.asksForSegment(burst, FULL_RECORD + 1, () -> 0)).as("bulk").isFalse();
    shaper.plan(burst, FULL_RECORD + 5_000, Coming.PERHAPS, 0);
    shaper.left(burst);
    assertThat(shaper.asksForSegment(burst, 5_000, () -> 0)).as("in its midst").isFalse();
    assertThat(shaper(null, Shaping.LIGHT).asksForSegment(new Burst() {}, 5_000, () -> 0))
        .isFalse();
    assertThat(Burst.endsShort(2_896, 1_448)).as("it goes on").isFalse();
    assertThat(Burst.endsShort(5_000, 0)).as("not known").isFalse();
  }

  @Example
  void whatIsTooLittleForARecordOfTlsWaitsForMore() {
    PlayedPump run = new PlayedPump(shaper(null, Shaping.FULL));
    run.through(
        List.of(
            new Arrival(0, 4, false, false),
            new Arrival(30_000, 300, false, false),
            new Arrival(0, 4, false, false)));
    assertThat(run.left()).containsExactly(new Left(304, 30_000), new Left(4, 75_000));
  }

  @Example
  void aDribbleBecomesFullRecords() {
    PlayedPump run = new PlayedPump(shaper(null, Shaping.FULL));
    run.through(Collections.nCopies(1_000, new Arrival(1_000, 1_448, false, true)));
    List<Integer> lengths = run.left().stream().map(Left::length).toList();
    assertThat(lengths.subList(0, lengths.size() - 1)).hasSize(88).containsOnly(FULL_RECORD);
  }

  @Example
  void aSenderThatIsInTheMidstOfSomethingIsWaitedFor() {
    for (boolean broken : new boolean[] {true, false}) {
      PlayedPump run = new PlayedPump(shaper(null, Shaping.FULL));
      run.through(
          List.of(
              new Arrival(0, 14_480, false, broken), new Arrival(30_000, 28_960, false, false)));
      assertThat(run.left().stream().map(Left::length))
          .isEqualTo(
              broken
                  ? List.of(FULL_RECORD, FULL_RECORD, 43_440 - 2 * FULL_RECORD)
                  : List.of(14_480, FULL_RECORD, 28_960 - FULL_RECORD));
    }
  }

  @Example
  void thePauseOfTheCoverBetweenHeadAndBodyIsMade() {
    Traffic traffic = traffic(FULL_RECORD, response(List.of(200, 800), 5_000, 1_000));
    PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
    run.through(List.of(new Arrival(0, 900, false, false)));
    assertThat(run.left()).containsExactly(new Left(200, 0), new Left(700, 5_000));
  }

  @Example
  void whatTheCoverSaysUnaskedComesFirstOnAConnectionAlone() {
    Traffic traffic =
        new Traffic(
            "h2",
            FULL_RECORD,
            List.of(250, 66),
            List.of(response(List.of(250, 66, 121, 700), 0, 1_137)),
            List.of(response(List.of(120, 700), 0, 820)));
    PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
    run.through(
        List.of(new Arrival(0, 1_100, false, false), new Arrival(9_000, 700, false, false)));
    assertThat(run.left().stream().map(Left::length)).containsExactly(250, 66, 121, 663, 120, 580);
    // It comes whole or not at all.
    PlayedPump little = new PlayedPump(shaper(traffic, Shaping.FULL));
    little.through(
        List.of(new Arrival(0, 300, false, false), new Arrival(9_000, 900, false, false)));
    assertThat(little.left().stream().map(Left::length)).containsExactly(120, 180, 120, 780);
  }

  @Example
  void aNewProfileIsFollowedFromTheNextPlanOn() {
    Doppel doppel = new Doppel(profile(null));
    PlayedPump run = new PlayedPump(new Shaper(doppel, Shaping.LIGHT, new Random(1)));
    run.through(List.of(new Arrival(0, 20_000, false, false)));
    doppel.learnt(profile(traffic(8_209, response(List.of(120, 8_209), 0, 500_000))));
    run.through(List.of(new Arrival(60_000, 20_000, false, false)));
    assertThat(run.left().stream().map(Left::length))
        .containsExactly(FULL_RECORD, 20_000 - FULL_RECORD, 120, 8_209, 8_209, 20_000 - 16_538);
  }

  @Example
  void bulkThatStallsGoesOnAsItWasAndBeginsAnewOnlyForWhoAsks() {
    List<Integer> sizes = new ArrayList<>(List.of(500));
    sizes.addAll(Collections.nCopies(40, 4_000));
    Traffic traffic = traffic(FULL_RECORD, response(sizes, 0, 5_000_000));
    for (boolean asks : new boolean[] {false, true}) {
      PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
      run.through(List.of(new Arrival(0, 100_900, false, false)));
      assertThat(run.left()).as("it waited for more").last().isEqualTo(new Left(400, 8_000));
      run.pass(20_000 - run.now());
      if (asks) {
        run.burst().asked();
      }
      run.through(List.of(new Arrival(0, 100_900, false, false)));
      List<Integer> next = run.left().stream().map(Left::length).skip(27).toList();
      assertThat(next).startsWith(asks ? 500 : 4_000, 4_000);
    }
  }

  /** A download marks a connection for itself alone, whether it seemed to end or not. */
  @Example
  void afterBulkAMessageBehindAnAnswerLeavesAtOnceAgain() {
    List<Integer> sizes = new ArrayList<>(List.of(500));
    sizes.addAll(Collections.nCopies(60, 4_000));
    Traffic traffic = traffic(FULL_RECORD, response(sizes, 0, 5_000_000));
    for (boolean more : new boolean[] {false, true}) {
      PlayedPump run = new PlayedPump(shaper(traffic, Shaping.FULL));
      run.through(List.of(new Arrival(0, 200_500, more, false)));
      long then = run.now();
      run.through(
          List.of(new Arrival(0, 480, false, false), new Arrival(20_000, 490, false, false)));
      assertThat(run.left().subList(run.left().size() - 2, run.left().size()))
          .as("more: %s", more)
          .containsExactly(new Left(480, then), new Left(490, then + 20_000));
    }
  }

  @Example
  void aMessageAfterAPauseBeginsAlsoWhereBulkWasBefore() {
    Shaper shaper = shaper(null, Shaping.FULL);
    Burst burst = new Burst() {};
    shaper.plan(burst, 20 * FULL_RECORD, Coming.THERE, 0);
    shaper.left(burst);
    assertThat(shaper.asksForSegment(burst, 5_000, () -> 50_000)).as("a stall").isFalse();
    assertThat(shaper.asksForSegment(burst, 5_000, () -> 50_001)).as("a pause").isTrue();
    assertThat(shaper.plan(burst, 5_000, Coming.HARDLY, 50_001)).isOne();
  }

  /** Of segments of 1,400 bytes, two or more full ones and no other. */
  @Example
  void bulkThatBreaksOffIsKnownToDoSoAlsoAfterItSeemedToEnd() {
    List<Integer> sizes = new ArrayList<>(List.of(500));
    sizes.addAll(Collections.nCopies(60, 4_000));
    PlayedPump run =
        new PlayedPump(shaper(traffic(FULL_RECORD, response(sizes, 0, 5_000_000)), Shaping.FULL));
    run.through(List.of(new Arrival(0, 100_900, false, false)));
    assertThat(run.burst().brokenOff(2 * 1_400, 1_400)).isTrue();
    assertThat(run.burst().brokenOff(2 * 1_400 + 1, 1_400)).isFalse();
  }

  @Example
  void aPositionInALongerShapeThatIsGoneHarmsNothing() {
    Doppel doppel =
        new Doppel(
            profile(traffic(FULL_RECORD, response(Collections.nCopies(60, 1_000), 0, 1_000_000))));
    PlayedPump run = new PlayedPump(new Shaper(doppel, Shaping.FULL, new Random(1)));
    run.through(Collections.nCopies(10, new Arrival(0, 20_000, true, false)));
    doppel.learnt(profile(null));
    run.through(List.of(new Arrival(0, 40_000, false, false)));
    assertThat(run.left().stream().mapToInt(Left::length).sum()).isEqualTo(240_000);
  }

  @Provide
  Arbitrary<Traffic> traffics() {
    Arbitrary<Traffic.Response> responses =
        Combinators.combine(
                Arbitraries.integers().between(1, 16_640).list().ofMinSize(1).ofMaxSize(40),
                Arbitraries.integers().between(0, 60_000),
                Arbitraries.longs().between(0, 10_000_000))
            .as(ShaperTest::response);
    return Combinators.combine(
            Arbitraries.integers().between(1, FULL_RECORD),
            responses.list().ofMaxSize(6),
            responses.list().ofMaxSize(6))
        .as((steady, firsts, all) -> new Traffic("h2", steady, List.of(255, 255), firsts, all));
  }

  @Provide
  Arbitrary<List<Arrival>> arrivals() {
    Arbitrary<Integer> sizes =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 40),
            Arbitraries.integers().between(1, 3_000),
            Arbitraries.integers().between(1, 200_000));
    Arbitrary<Integer> pauses =
        Arbitraries.oneOf(
            Arbitraries.just(0),
            Arbitraries.integers().between(0, 3_000),
            Arbitraries.integers().between(0, 200_000));
    return Combinators.combine(pauses, sizes, Arbitraries.just(false), Arbitraries.of(true, false))
        .as(Arrival::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  private static Traffic.Response response(List<Integer> sizes, int gap, long bytes) {
    return new Traffic.Response(sizes, Collections.nCopies(sizes.size(), gap), bytes);
  }

  private static Traffic traffic(int steady, Traffic.Response... responses) {
    return new Traffic("h2", steady, List.of(responses));
  }

  static Profile profile(@Nullable Traffic traffic) {
    return new Profile(
        new HostPort("cover.example", 443), Instant.EPOCH, List.of(), List.of(), traffic);
  }

  private static Shaper shaper(@Nullable Traffic traffic, Shaping shaping) {
    return new Shaper(new Doppel(profile(traffic)), shaping, new Random(1));
  }
}
