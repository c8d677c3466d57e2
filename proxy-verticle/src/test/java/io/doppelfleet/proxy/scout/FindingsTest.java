package io.doppelfleet.proxy.scout;

import static io.doppelfleet.proxy.scout.LookTest.KINDS;
import static io.doppelfleet.proxy.scout.LookTest.SITE;
import static io.doppelfleet.proxy.scout.LookTest.answeredBy;
import static io.doppelfleet.proxy.scout.LookTest.answering;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Traffic;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    return new Look(LookTest.BOUNDS, LookTest.doppel(), new SecureRandom(), Clock.systemUTC())
        .at(List.of(site.address()), WebSite.HOST, KINDS.subList(0, 1), 1, Look.Visit.NONE);
  }
}
