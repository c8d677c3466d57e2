package io.doppelfleet.proxy.scout;

import static io.doppelfleet.proxy.scout.LookTest.KINDS;
import static io.doppelfleet.proxy.scout.LookTest.SITE;
import static io.doppelfleet.proxy.scout.LookTest.answeredBy;
import static io.doppelfleet.proxy.scout.LookTest.answering;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Traffic;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a profile becomes by one more look. */
@Timeout(60)
class FindingsTest {
  @Test
  void answersThatAreLikeTheOldOnesAreAddedAndOthersReplaceThem() throws Exception {
    Profile first = answeredBy(Served.flight(2_500)).after(Profile.unknown(SITE));
    Findings alike = answeredBy(Served.flight(2_502));
    assertThat(alike.changed(first)).isFalse();
    assertThat(alike.after(first).flights().getFirst().answers()).hasSize(6);
    Findings renewed = answeredBy(Served.flight(2_600));
    assertThat(renewed.changed(first)).isTrue();
    assertThat(renewed.after(first).flights().getFirst().answers())
        .hasSize(3)
        .allMatch(answer -> answer.joined() == 2_600);
  }

  @Test
  void anotherCertificateMakesWhatWasKnownOfOtherKindsUntrueToo() throws Exception {
    Profile both = answeredBy(Served.flight(2_500)).after(Profile.unknown(SITE));
    try (RawSite site = RawSite.start(answering(Served.flight(2_600)))) {
      Findings one = ofOneKind(site);
      assertThat(one.after(both).flights())
          .singleElement()
          .satisfies(flight -> assertThat(flight.kind()).isEqualTo(KINDS.getFirst().kind()));
    }
    try (RawSite site = RawSite.start(answering(Served.flight(2_501)))) {
      Findings one = ofOneKind(site);
      assertThat(one.after(both).flights()).hasSize(2);
    }
  }

  /** As where several servers stand behind one name, some of which a look meets. */
  @Test
  void whatWasSeenLatelyStaysThoughALookDidNotMeetIt() throws Exception {
    Profile profile = seen(flights(2_500, 3_000, 2_500)).after(Profile.unknown(SITE));
    for (int length : new int[] {2_500, 3_000, 2_500, 2_500}) {
      Findings one = seen(flights(length, length));
      assertThat(one.changed(profile)).isFalse();
      profile = one.after(profile);
      assertThat(lengths(profile)).containsExactlyInAnyOrder(2_500, 3_000);
    }
    for (int i = 0; i < 4; i++) {
      profile = seen(flights(2_500, 2_500)).after(profile);
    }
    assertThat(lengths(profile)).as("and goes when it is gone").containsExactly(2_500);
  }

  @Test
  void theSuiteStaysWhileTheCoverStillChoosesIt() throws Exception {
    byte[] first = Served.flight(900);
    byte[] second = first.clone();
    second[5 + 4 + 2 + 32 + 1 + 32 + 1] = 2;
    Profile profile = seen(List.of(first, first, second)).after(Profile.unknown(SITE));
    assertThat(profile.flights().getFirst().suite()).isEqualTo(0x1301);
    profile = seen(List.of(second, second, first)).after(profile);
    assertThat(profile.flights().getFirst().suite()).isEqualTo(0x1301);
    assertThat(profile.flights().getFirst().answers()).hasSize(3);
    profile = seen(List.of(second, second)).after(profile);
    assertThat(profile.flights().getFirst().suite()).isEqualTo(0x1302);
    assertThat(profile.flights().getFirst().answers()).hasSize(2);
  }

  @Test
  void anotherNameHasItsOwnFlights() throws Exception {
    Profile first = answeredBy(Served.flight(2_500)).after(Profile.unknown(SITE));
    try (RawSite site = RawSite.start(answering(Served.flight(3_000)))) {
      Findings other = ofOneKind(site, "other.example");
      assertThat(other.changed(first)).isFalse();
      assertThat(other.after(first).flights())
          .hasSize(3)
          .last()
          .satisfies(flight -> assertThat(flight.host()).isEqualTo("other.example"));
    }
  }

  private static List<byte[]> flights(int... lengths) {
    return Arrays.stream(lengths).mapToObj(Served::flight).toList();
  }

  private static Set<Integer> lengths(Profile profile) {
    return profile.flights().getFirst().answers().stream()
        .map(FlightModel.Answer::joined)
        .collect(Collectors.toSet());
  }

  /** A look with as many hellos of one kind, which get these answers in turn. */
  private static Findings seen(List<byte[]> answers) throws Exception {
    Queue<byte[]> left = new ConcurrentLinkedQueue<>(answers);
    try (RawSite site =
        RawSite.start(
            connection -> answering(Objects.requireNonNull(left.poll())).play(connection))) {
      return look(site, WebSite.HOST, answers.size());
    }
  }

  @Test
  void aProfileKeepsTheNewestAndNoMore() throws Exception {
    Profile profile = Profile.unknown(SITE);
    Findings findings = answeredBy(Served.flight(900));
    for (int i = 0; i < 20; i++) {
      profile = findings.after(profile);
    }
    assertThat(profile.flights()).hasSize(2);
    assertThat(profile.flights()).allMatch(flight -> flight.answers().size() == 32);
    assertThat(profile.dialMicros()).hasSize(32);
  }

  @Test
  void aFailedLookChangesNothing() throws Exception {
    Profile known = answeredBy(Served.flight(900)).after(Profile.unknown(SITE));
    Profile after = answeredBy(Served.alert(40)).after(known);
    assertThat(after.flights()).isEqualTo(known.flights());
    assertThat(after.learnt()).isEqualTo(known.learnt());
  }

  @Test
  void firstAnswersAreKeptForAsLongAsConnectionsBeginAsTheyDid() {
    Traffic before = traffic(loaded(282, 282, 57, 145), null);
    assertThat(traffic(loaded(282, 282, 185), before).firsts()).as("joined").hasSize(2);
    Traffic after = traffic(loaded(298, 298, 185), before);
    assertThat(after.firsts()).as("other tickets").hasSize(1);
    assertThat(after.responses()).hasSize(2);
  }

  private static Traffic traffic(Findings findings, @Nullable Traffic before) {
    Profile old = new Profile(SITE, Instant.EPOCH, List.of(), List.of(), before);
    return Objects.requireNonNull(findings.after(old).traffic());
  }

  private static Findings loaded(Integer... opening) {
    Traffic.Response first =
        new Traffic.Response(List.of(opening), Collections.nCopies(opening.length, 0), 800);
    Traffic.Response later = new Traffic.Response(List.of(700), List.of(0), 700);
    Pages pages = new Pages("h2", List.of(opening), List.of(first), List.of(later), null, null);
    InetSocketAddress nowhere = new InetSocketAddress(0);
    return new Findings(Instant.EPOCH, nowhere, "cover.example", Map.of(), pages, null, false);
  }

  private static Findings ofOneKind(RawSite site) {
    return ofOneKind(site, WebSite.HOST);
  }

  private static Findings ofOneKind(RawSite site, String host) {
    return look(site, host, 1);
  }

  private static Findings look(RawSite site, String host, int hellos) {
    return new Look(LookTest.BOUNDS, LookTest.doppel(), new SecureRandom(), Clock.systemUTC())
        .at(List.of(site.address()), host, KINDS.subList(0, 1), hellos, Look.Visit.NONE);
  }
}
