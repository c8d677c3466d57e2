package io.doppelfleet.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often passwords may be tried. */
final class ThrottleTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Throttle throttle = new Throttle(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void pass(int seconds) {
    pass(Duration.ofSeconds(seconds));
  }

  /** So many tries, each of another account. */
  private int takes(String address, int most) {
    int taken = 0;
    while (taken < most && throttle.take(address, address + " " + now + " " + taken) == 0) {
      taken++;
    }
    return taken;
  }

  @Test
  void aNetworkHasFiveTriesAndThenOneInThirtySeconds() {
    assertThat(takes("192.0.2.1", 9)).isEqualTo(5);
    assertThat(throttle.take("192.0.2.1", "anna")).isEqualTo(30);
    pass(29);
    assertThat(throttle.take("192.0.2.1", "anna")).isEqualTo(1);
    pass(1);
    assertThat(takes("192.0.2.1", 9)).isEqualTo(1);
    assertThat(takes("192.0.2.2", 9)).isEqualTo(5);
  }

  @Test
  void aSuccessGivesBackItsOwnTryAndNoOther() {
    assertThat(takes("192.0.2.1", 4)).isEqualTo(4);
    assertThat(throttle.take("192.0.2.1", "anna")).isZero();
    throttle.succeeded("192.0.2.1", "anna");
    assertThat(takes("192.0.2.1", 9)).isEqualTo(1);
  }

  @Test
  void whatIsGivenBackWasNoTryAndMakesNobodyKnown() {
    for (int i = 0; i < 30; i++) {
      assertThat(throttle.take("192.0.2.1", "anna")).isZero();
      throttle.giveBack("192.0.2.1", "anna");
    }
    assertThat(takenByStrangers()).isEqualTo(20);
    assertThat(throttle.take("192.0.2.1", "anna")).isPositive();
  }

  @Test
  void a64OfIpv6IsOneNetwork() {
    assertThat(takes("2001:db8::1", 9)).isEqualTo(5);
    assertThat(takes("2001:db8::ffff:1", 9)).isZero();
    assertThat(takes("2001:db8:0:1::1", 9)).isEqualTo(5);
  }

  @Test
  void a48OfStrangersHasTenTriesAndThenOneInTenSecondsAndWhoIsKnownThereHasTheirOwn() {
    throttle.welcome("2001:db8:0:ffff::1");
    int taken = 0;
    for (int i = 0; i < 15; i++) {
      taken += takes("2001:db8:0:" + i + "::1", 1);
    }
    assertThat(taken).isEqualTo(10);
    assertThat(throttle.take("2001:db8:0:99::1", "anna")).isEqualTo(10);
    assertThat(takes("2001:db8:0:ffff::1", 9)).isEqualTo(5);
    assertThat(takes("2001:db8:1::1", 9)).isEqualTo(5);
    pass(10);
    assertThat(throttle.take("2001:db8:0:99::1", "anna")).isZero();
    throttle.giveBack("2001:db8:0:99::1", "anna");
    assertThat(throttle.take("2001:db8:0:98::1", "anna")).isZero();
  }

  @Test
  void manyStrangersShareTwoTriesASecondAndWhoSignedInBeforeIsNoStrangerForADay() {
    throttle.take("192.0.2.1", "anna");
    throttle.succeeded("192.0.2.1", "anna");
    assertThat(takenByStrangers()).isEqualTo(20);
    assertThat(throttle.take("198.51.100.200", "anna")).isEqualTo(1);
    assertThat(takes("192.0.2.1", 9)).isEqualTo(5);
    pass(1);
    assertThat(takes("198.51.100.201", 1) + takes("198.51.100.202", 1) + takes("198.51.100.203", 1))
        .isEqualTo(2);
    pass(Duration.ofHours(25));
    assertThat(takenByStrangers()).isEqualTo(20);
    assertThat(takes("192.0.2.1", 9)).isZero();
  }

  private int takenByStrangers() {
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += takes("198.51.100." + i, 1);
    }
    return taken;
  }

  @Test
  void whoCameInByAnInvitationIsNoStranger() {
    throttle.welcome("192.0.2.1");
    takenByStrangers();
    assertThat(takes("192.0.2.1", 9)).isEqualTo(5);
  }

  @Test
  void whoSignedInBeforeTheProcessBeganIsNoStrangerForTheRestOfTheDay() {
    throttle.remember("192.0.2.1", Duration.ofHours(23));
    takenByStrangers();
    assertThat(takes("192.0.2.1", 9)).isEqualTo(5);
    pass(Duration.ofHours(2));
    takenByStrangers();
    assertThat(takes("192.0.2.1", 9)).isZero();
  }

  @Test
  void ofOneAccountStrangersHaveTenTriesWhateverTheirNetworksAndWhoIsKnownHasOthers() {
    throttle.welcome("192.0.2.1");
    int taken = 0;
    for (int i = 0; i < 15; i++) {
      taken += throttle.take("198.51.100." + i, "anna") == 0 ? 1 : 0;
    }
    assertThat(taken).isEqualTo(10);
    assertThat(throttle.take("198.51.100.99", "anna")).isEqualTo(30);
    assertThat(throttle.take("198.51.100.99", "bert")).isZero();
    assertThat(throttle.take("192.0.2.1", "anna")).isZero();
  }

  @Test
  void ofOneAccountCodesAreTriedTenTimesFromWhereverAndThenOnceInFiveMinutes() {
    for (int i = 0; i < 10; i++) {
      assertThat(throttle.takeCode("2001:db8:0:" + i + "::1", "anna")).isZero();
    }
    assertThat(throttle.takeCode("192.0.2.1", "anna")).isEqualTo(300);
    assertThat(throttle.takeCode("192.0.2.1", "bert")).isZero();
    throttle.giveBackCode("192.0.2.2", "anna");
    assertThat(throttle.takeCode("192.0.2.1", "anna")).isZero();
    pass(299);
    assertThat(throttle.takeCode("192.0.2.1", "anna")).isEqualTo(1);
    pass(1);
    assertThat(throttle.takeCode("192.0.2.1", "anna")).isZero();
  }

  @Test
  void strangersWhoKnowAPasswordTakeNoTryOfACodeFromNetworksThatSomebodySignedInFrom() {
    for (int i = 0; i < 10; i++) {
      throttle.welcome("2001:db8:0:" + i + "::1");
      assertThat(throttle.takeCode("198.51.100." + i, "anna")).isZero();
    }
    assertThat(throttle.takeCode("198.51.100.99", "anna")).isEqualTo(300);
    for (int i = 0; i < 10; i++) {
      assertThat(throttle.takeCode("2001:db8:0:" + i + "::1", "anna")).isZero();
    }
    assertThat(throttle.takeCode("2001:db8::1", "anna")).isEqualTo(300);
  }

  private int looks(String address, String name) {
    int taken = 0;
    while (taken < 99 && throttle.takeLook(address, name) == 0) {
      taken++;
    }
    return taken;
  }

  @Test
  void ofOneAccountANetworkHasTwentyLooksAndThenOneInThreeSecondsAndStrangersHaveThemTogether() {
    throttle.welcome("2001:db8::1");
    throttle.welcome("2001:db8:0:1::1");
    throttle.welcome("192.0.2.1");
    assertThat(looks("2001:db8::1", "anna")).isEqualTo(20);
    assertThat(throttle.takeLook("2001:db8:0:1::1", "anna")).isEqualTo(3);
    throttle.succeeded("2001:db8::1", "anna");
    assertThat(looks("2001:db8::1", "anna")).isZero();
    assertThat(looks("198.51.100.1", "anna")).isEqualTo(20);
    assertThat(looks("198.51.100.2", "anna")).isZero();
    assertThat(looks("198.51.100.2", "bert")).isEqualTo(20);
    assertThat(looks("192.0.2.1", "anna")).isEqualTo(20);
    pass(3);
    assertThat(looks("2001:db8::1", "anna")).isEqualTo(1);
  }

  @Test
  void whoIsRefusedTakesNobodysPlace() {
    assertThat(takes("192.0.2.1", 5)).isEqualTo(5);
    assertThat(takenByStrangers()).isEqualTo(15);
    for (int i = 0; i < 10_000; i++) {
      assertThat(throttle.take("10.0." + i / 256 + "." + i % 256, "anna")).isPositive();
    }
    pass(1);
    assertThat(throttle.take("192.0.2.1", "anna")).isGreaterThan(20);
  }
}
