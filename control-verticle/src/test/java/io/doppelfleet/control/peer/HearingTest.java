package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whether a control knows what the others say. */
final class HearingTest {
  private static final long TICK = 80_000_000;

  private long now = Long.MAX_VALUE - 1; // as the clock may be
  private final Hearing hearing = new Hearing(now);

  private void tick(boolean others) {
    now += TICK;
    hearing.tick(others, now);
  }

  private long say() {
    long number = hearing.next(now);
    hearing.sent(number, now);
    return number;
  }

  private boolean hear(long number) {
    return hearing.heard(number, now);
  }

  private boolean hears() {
    return hearing.areHeard(now);
  }

  private boolean knows() {
    return hearing.isUpToDate(now);
  }

  @Test
  void whoStoodStillHasToHearALetterThatItSaysAfterThat() {
    tick(true);
    long before = say();
    assertThat(knows()).isTrue();
    now += Hearing.DEAF_NANOS;
    assertThat(knows()).isFalse();
    tick(true);
    assertThat(hears()).isTrue();
    hear(before);
    assertThat(knows()).isFalse();
    hear(say());
    assertThat(knows()).isTrue();
    assertThat(hears()).isTrue();
  }

  @Test
  void whoSaysThatItDividesHasToHearThat() {
    tick(true);
    long before = say();
    hearing.awaitNext();
    hear(before);
    assertThat(knows()).isFalse();
    hear(say());
    assertThat(knows()).isTrue();
  }

  @Test
  void whoHearsNothingOfWhatItSaysHearsNobodyUntilItHasLearntAnewWhatNodesHold() {
    tick(true);
    for (int i = 1; i < Hearing.DEAF_LETTERS; i++) {
      say();
    }
    assertThat(hears()).isTrue();
    long last = say();
    tick(false); // it doesn't hear any more whether there are others
    tick(false);
    assertThat(hears()).isFalse();
    hear(last);
    for (long since = TICK; since < Hearing.LEARNS_NANOS; since += TICK) {
      tick(true);
      assertThat(hears()).isFalse();
    }
    tick(true);
    assertThat(hears()).isTrue();
  }

  /** Each as long as its call. */
  @Test
  void whereLettersTakeLongerWhoHearsNobodyKnowsThatBeforeItForgetsThem() {
    tick(true);
    hear(say());
    for (long since = 0; since < Hearing.DEAF_NANOS; since += 3 * TICK) {
      assertThat(hears()).isTrue();
      say();
      tick(true);
      tick(true);
      tick(true);
    }
    tick(false);
    assertThat(hears()).isFalse();
    assertThat(knows()).isFalse();
  }

  /** As after a server's restart: what was sent last is lost, and it is heard of again later. */
  @Test
  void whoCouldSayNothingForLongIsntDeafForThat() {
    tick(true);
    hear(say());
    say();
    for (int i = 0; i < 2 * Hearing.DEAF_LETTERS; i++) {
      tick(true);
      hearing.next(now);
    }
    long first = say();
    tick(true);
    assertThat(hears()).isTrue();
    hear(first);
    assertThat(hears()).isTrue();
    assertThat(knows()).isTrue();
  }

  /** The store stood still, and then says all at once. */
  @Test
  void whoseCallHangsWhileALetterIsOutIsntDeaf() {
    tick(true);
    hear(say());
    long out = say();
    long slow = hearing.next(now);
    for (long since = 0; since <= Hearing.DEAF_NANOS + TICK; since += TICK) {
      tick(true);
      assertThat(hears()).isTrue();
    }
    hearing.sent(slow, now);
    tick(true);
    hear(out);
    hear(slow);
    assertThat(hears()).isTrue();
  }

  /** Neither many letters nor a long time together, and others are forgotten meanwhile. */
  @Test
  void whoHearsNothingAndCanSayLittleHearsNobodyHoweverOftenItFails() {
    tick(true);
    hear(say());
    for (int i = 0; i < 4 * Hearing.DEAF_LETTERS; i++) {
      tick(i < Hearing.DEAF_LETTERS);
      if (i % 10 == 0) {
        say();
      } else {
        hearing.next(now);
      }
      assertThat(i > Hearing.DEAF_LETTERS && knows()).isFalse();
    }
  }

  /** It has yet to come. */
  @Test
  void whoseLetterTookLongToGoIsntDeafAsSoonAsItHasGone() {
    tick(true);
    hear(say());
    long slow = hearing.next(now);
    for (long since = 0; since <= Hearing.DEAF_NANOS; since += TICK) {
      tick(true);
    }
    hearing.sent(slow, now);
    tick(true);
    assertThat(hears()).isTrue();
  }

  /** It grants nothing, long before another divides: what it says may be on its way for ever. */
  @Test
  void whoCantSayAnythingIsntDeafAndKnowsNothingUntilItIsAlone() {
    tick(true);
    hear(say());
    long spoke = now;
    while (now - spoke <= Hearing.QUIET_NANOS) {
      assertThat(knows()).isTrue();
      tick(true);
      hearing.next(now);
    }
    for (int i = 0; i < 2 * Hearing.DEAF_LETTERS; i++) {
      assertThat(hears()).isTrue();
      assertThat(knows()).isFalse();
      tick(true);
      hearing.next(now);
    }
    tick(false);
    assertThat(hears()).isTrue();
    assertThat(knows()).isTrue();
  }

  @Test
  void aLetterThatWasLongOnItsWayDoesntShowThatOthersHearThisOneNow() {
    tick(true);
    long slow = say();
    for (long since = 0; since <= Hearing.QUIET_NANOS; since += TICK) {
      tick(true);
    }
    long next = say();
    hear(slow);
    assertThat(knows()).isFalse();
    hear(next);
    assertThat(knows()).isTrue();
  }

  /** As behind a pooler that keeps no sessions. */
  @Test
  void whoNeverHeardAnybodyIsAloneHoweverLittleItHears() {
    for (int i = 0; i < 2 * Hearing.DEAF_LETTERS; i++) {
      tick(false);
      say();
    }
    now += Hearing.QUIET_NANOS + 1;
    assertThat(hears()).isTrue();
    assertThat(knows()).isTrue();
  }

  @Test
  void aLetterIsHeardOnceHoweverManyPartsItHas() {
    long first = say();
    assertThat(hear(first)).isTrue();
    assertThat(hear(first)).isFalse();
    assertThat(hear(0)).isFalse();
    assertThat(hear(say())).isTrue();
  }
}
