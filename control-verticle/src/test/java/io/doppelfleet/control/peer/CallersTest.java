package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.peer.Callers.Taken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose letters count. */
final class CallersTest {
  private static final byte[] TEXT = {7};

  private final Callers callers = new Callers(new Random(1));
  private long now = Long.MAX_VALUE - 1; // as the clock may be

  /** Somebody's letter, with an answer to a challenge of the first control. */
  private Taken said(String id, long number, String echo) {
    List<byte[]> parts = Parts.of(number, TEXT);
    int control = id.charAt(0) - '0';
    return callers.add(id, parts.getFirst(), now) == null
        ? Taken.NOT
        : callers.take(
            id, new Letter.Speaker(control, null, "of " + id, Map.of("1.1", echo)), "1.1", now);
  }

  private String first() {
    return Objects.requireNonNull(callers.first()).id();
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
  void theFirstIsOfTheLowestNumberAndOfOneThatHasStartedAnewTheOneThatCameLast() {
    assertThat(callers.first()).isNull();
    said("2.7", 1, "");
    assertThat(callers.first()).isNull();
    said("3.1", 1, callers.challenge());
    assertThat(first()).isEqualTo("3.1");
    said("2.8", 1, callers.challenge());
    said("2.9", 1, callers.challenge());
    said("2.8", 2, "");
    said("4.1", 1, callers.challenge());
    assertThat(first()).isEqualTo("2.9");
    now += Callers.SILENT_NANOS + 1;
    said("4.1", 2, "");
    callers.forgetSilent(now);
    assertThat(first()).isEqualTo("4.1");
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
