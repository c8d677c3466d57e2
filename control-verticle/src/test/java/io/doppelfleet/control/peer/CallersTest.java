package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.control.peer.Callers.Taken;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose letters count. */
final class CallersTest {
  private static final byte[] TEXT = {7};
  private static final OtherControl SELF = new OtherControl("3.1", 3, null);

  private long now = Long.MAX_VALUE - 1; // as the clock may be
  private final Callers callers = new Callers(new Random(1), now);
  private long heard; // the number of this control's last letter that was

  /** Somebody's letter, with an answer to a challenge of the first control. */
  private Taken said(String id, long number, String echo) {
    return said(id, number, echo, 0);
  }

  private Taken said(String id, long number, String echo, long divides) {
    List<byte[]> parts = Parts.of(number, TEXT);
    int control = id.charAt(0) - '0';
    return callers.add(id, parts.getFirst(), now) == null
        ? Taken.NOT
        : callers.take(
            id,
            new Letter.Speaker(control, null, divides, "of " + id, Map.of("1.1", echo)),
            "1.1",
            now);
  }

  /** That of control 3's view. */
  private @Nullable String divider(long term) {
    OtherControl divider = callers.divider(SELF, term);
    return divider == null ? null : divider.id();
  }

  /** Which its next letter says. */
  private long nextTerm() {
    long term = callers.nextTerm(SELF);
    callers.says(heard + 1, term);
    return term;
  }

  private void ownCame(int letters) {
    for (int i = 0; i < letters; i++) {
      callers.ownCame(++heard);
    }
  }

  @Test
  void whoAnswersTheChallengeCountsAndEachLetterOnce() {
    assertThat(said("2.1", 1, "")).isEqualTo(Taken.NOT);
    assertThat(callers.present()).isZero();
    assertThat(callers.echoes()).isEqualTo(Map.of("2.1", "of 2.1"));
    assertThat(said("2.1", 2, "of another")).isEqualTo(Taken.NOT);
    String challenge = callers.challenge();
    assertThat(said("2.1", 4, challenge)).isEqualTo(Taken.FIRST);
    assertThat(callers.present()).isEqualTo(1);
    assertThat(said("2.1", 4, challenge)).isEqualTo(Taken.NOT);
    assertThat(said("2.1", 3, challenge)).isEqualTo(Taken.NOT);
    assertThat(said("2.1", 5, "")).isEqualTo(Taken.NEXT);
    assertThat(said("2.1", 7, "")).isEqualTo(Taken.AFTER_GAP);
    assertThat(said("2.1", 8, "")).isEqualTo(Taken.NEXT);
  }

  @Test
  void whoWasSilentHasToAnswerAnotherChallengeAndOldLettersDontMakeItPresent() {
    String before = callers.challenge();
    said("2.1", 9, before);
    said("3.1", 9, before);
    now += Callers.SILENT_NANOS - 1;
    assertThat(said("2.1", 9, before)).isEqualTo(Taken.NOT); // it was said before
    assertThat(said("3.1", 10, before)).isEqualTo(Taken.NEXT);
    callers.forgetSilent(now);
    now += 2;
    callers.forgetSilent(now);
    assertThat(callers.present()).isEqualTo(1);
    assertThat(callers.challenge()).isNotEqualTo(before);
    assertThat(said("3.1", 11, before)).isEqualTo(Taken.NEXT); // it hasn't heard of another yet
    assertThat(said("2.1", 8, before)).isEqualTo(Taken.NOT);
    assertThat(said("2.1", 9, before)).isEqualTo(Taken.NOT);
    assertThat(callers.present()).isEqualTo(1);
    assertThat(said("2.1", 10, callers.challenge())).isEqualTo(Taken.FIRST);
  }

  @Test
  void whoStoodStillItselfForgetsNobodyThatItHasYetToHear() {
    said("2.1", 1, callers.challenge());
    callers.forgetSilent(now);
    now += Callers.SILENT_NANOS + 1;
    callers.forgetSilent(now);
    assertThat(callers.present()).isEqualTo(1);
    now++;
    callers.forgetSilent(now);
    assertThat(callers.present()).isZero();
  }

  @Test
  void ofThoseThatDivideTheFirstToSaySoDoesAndWhoHasNotShownThatItSpeaksNowDoesNot() {
    said("2.1", 1, "", 1);
    assertThat(divider(0)).isNull();
    said("4.1", 1, callers.challenge(), 1);
    assertThat(divider(0)).isEqualTo("4.1");
    said("2.2", 1, callers.challenge(), 1);
    said("1.2", 1, callers.challenge());
    assertThat(divider(0)).isEqualTo("4.1");
    said("4.1", 2, callers.challenge());
    assertThat(divider(0)).isEqualTo("2.2");
    said("4.1", 3, callers.challenge(), 1);
    assertThat(divider(0)).isEqualTo("2.2");
  }

  @Test
  void ofThoseThatDivideTheOneOfTheLatestTermDoes() {
    said("2.1", 1, callers.challenge(), 2);
    assertThat(divider(1)).isEqualTo("2.1");
    assertThat(divider(3)).isNull();
    said("4.1", 1, callers.challenge(), 3);
    assertThat(divider(0)).isEqualTo("4.1");
    assertThat(divider(2)).isEqualTo("4.1");
    said("4.1", 2, callers.challenge(), 0);
    assertThat(divider(0)).isEqualTo("2.1");
    assertThat(nextTerm()).isZero(); // it isn't pushed out who may have granted already
    said("2.1", 2, callers.challenge(), 0);
    assertThat(nextTerm()).isEqualTo(4);
  }

  /** Who has granted already isn't pushed out by who begins at the same time. */
  @Test
  void ofOneTermWhoHearsAnotherSaySoBeforeItselfLeavesItAndWhoHearsItselfFirstDoesNot() {
    said("2.1", 1, callers.challenge());
    said("4.1", 1, callers.challenge());
    assertThat(callers.nextTerm(SELF)).isEqualTo(1);
    callers.says(1, 0); // which was on its way
    callers.says(2, 1);
    callers.says(3, 1);
    ownCame(1);
    said("4.1", 2, callers.challenge(), 1);
    ownCame(2);
    assertThat(divider(1)).isEqualTo("4.1");
    said("4.1", 3, callers.challenge(), 0);
    assertThat(nextTerm()).isEqualTo(2);
    callers.says(heard + 2, 2);
    ownCame(1);
    said("2.1", 2, callers.challenge(), 2);
    assertThat(divider(2)).isNull();
  }

  /** They didn't know of each other: each has heard itself first. */
  @Test
  void ofTwoOfOneTermThatBothGoOnTheLowestNumberDoes() {
    assertThat(nextTerm()).isEqualTo(1);
    ownCame(1);
    said("4.1", 1, callers.challenge(), 1);
    said("2.1", 1, callers.challenge(), 1);
    ownCame(Callers.QUIET_LETTERS - 1);
    said("4.1", 2, callers.challenge(), 1);
    said("2.1", 2, callers.challenge(), 1);
    assertThat(divider(1)).isNull();
    ownCame(1);
    assertThat(divider(1)).isEqualTo("2.1");
    said("2.1", 3, callers.challenge(), 0);
    assertThat(divider(1)).isNull();
    said("3.0", 1, callers.challenge(), 1); // whose state directory was copied
    ownCame(Callers.QUIET_LETTERS - 1);
    said("3.0", 2, callers.challenge(), 1);
    ownCame(1);
    assertThat(divider(1)).isEqualTo("3.0");
  }

  /** As a faulty one may: all that come after it divide in the last term, one after the other. */
  @Test
  void afterTheLastTermThereIsNone() {
    long last = Letter.Speaker.LAST_TERM;
    said("4.1", 1, callers.challenge(), last);
    said("4.1", 2, callers.challenge(), 0);
    assertThat(nextTerm()).isEqualTo(last);
    ownCame(1);
    assertThat(divider(last)).isNull();
    said("2.1", 1, callers.challenge(), last);
    assertThat(divider(0)).isEqualTo("2.1");
  }

  @Test
  void whoIsQuietWhileThisOneIsHeardIsAskedNoMoreLongBeforeItIsntThere() {
    said("2.1", 1, callers.challenge(), 1);
    ownCame(Callers.QUIET_LETTERS - 1);
    assertThat(divider(0)).isEqualTo("2.1");
    ownCame(1);
    assertThat(divider(0)).isNull();
    assertThat(callers.present()).isEqualTo(1);
    said("2.1", 2, callers.challenge(), 1);
    assertThat(divider(0)).isEqualTo("2.1");
  }

  /** One that hears nobody speaks every two seconds. */
  @Test
  void whoDoesntHearThisOneIsntQuiet() {
    said("2.1", 1, callers.challenge(), 1);
    said("2.1", 2, "", 1);
    ownCame(2 * Callers.QUIET_LETTERS);
    assertThat(divider(0)).isEqualTo("2.1");
  }

  @Test
  void manyThatDontAnswerMakeRoomForOneThatDoesAndPushNoneOut() {
    said("2.1", 1, callers.challenge());
    for (int i = 0; i < 100; i++) {
      said("3." + i, 1, "");
    }
    assertThat(callers.echoes()).hasSizeLessThan(20);
    assertThat(said("2.2", 1, callers.challenge())).isEqualTo(Taken.FIRST);
    assertThat(callers.present()).isEqualTo(2);
    assertThat(said("2.1", 2, "")).isEqualTo(Taken.NEXT);
  }
}
