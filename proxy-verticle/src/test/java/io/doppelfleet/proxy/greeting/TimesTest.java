package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The nearer the cover, the sooner it is dialled, for there a wait of ours shows. */
final class TimesTest {
  private static final Greeter.Flight AT_ONCE = new Greeter.Flight(new byte[0], 0);

  @Test
  void aCoverIsDialledWithinAQuarterOfItsOwnDial() {
    assertThat(new Times(0).dialAfterMicros()).as("not known").isEqualTo(5_000);
    assertThat(new Times(80).dialAfterMicros()).isEqualTo(300);
    assertThat(new Times(4_000).dialAfterMicros()).isEqualTo(1_000);
    assertThat(new Times(150_000).dialAfterMicros()).isEqualTo(5_000);
  }

  @Test
  void aFlightIsDueWhenADialThatBeganWithTheHelloWouldBeAnswered() {
    long now = System.nanoTime();
    Times times = new Times(40_000);
    times.helloCame(false);
    long due = times.due(new Greeter.Flight(new byte[0], 2_000), 0);
    assertThat(due - now).isBetween(42_000_000L, 52_000_000L);
  }

  @Test
  void whoseHelloWaitedForItsTurnWaitsAsAStrangerDoesWhoIsDialledAfterIt() throws Exception {
    Times times = new Times(40_000);
    times.helloCame(false);
    Thread.sleep(30);
    long judged = System.nanoTime();
    times.judged();
    assertThat(times.due(AT_ONCE, 0) - judged).isGreaterThanOrEqualTo(40_000_000L);
    times.helloCame(true);
    times.judged();
    assertThat(times.due(AT_ONCE, 0) - judged).as("dialled before").isLessThan(40_000_000L);
  }

  @Test
  void aFlightIsDueAtOnceWhereNothingIsKnown() {
    Times times = new Times(0);
    times.helloCame(false);
    assertThat(times.due(AT_ONCE, 0)).isCloseTo(System.nanoTime(), within(100_000_000L));
    assertThat(times.due(AT_ONCE, 0)).isLessThanOrEqualTo(System.nanoTime());
  }

  @Test
  void aLateHelloIsNotDueLaterThanADialThatBeganBeforeIt() throws Exception {
    Times times = new Times(60_000);
    Thread.sleep(40); // the dial began 5 ms after the accept
    times.helloCame(true);
    long came = System.nanoTime();
    assertThat(times.due(AT_ONCE, 0) - came).isLessThanOrEqualTo(25_000_000L);
  }

  @Test
  void aFlightIsDueAfterAStrangersWaitWhereThatIsKnownAndTheDialBeganWithTheHello() {
    Times times = new Times(40_000);
    long now = System.nanoTime();
    times.helloCame(false);
    assertThat(times.due(AT_ONCE, 7_000_000) - now).isBetween(7_000_000L, 17_000_000L);
    times.helloCame(true);
    assertThat(times.due(AT_ONCE, 7_000_000) - now).as("its own way").isGreaterThan(39_000_000L);
  }

  @Test
  void whoKeepsStrangersWaitingKeepsClientsWaitingNoLongerThanTwiceWhatIsUsual() {
    Times times = new Times(40_000);
    long now = System.nanoTime();
    times.helloCame(false);
    assertThat(times.due(AT_ONCE, 10_000_000_000L) - now).isBetween(100_000_000L, 120_000_000L);
  }
}
