package io.doppelfleet.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** From where clients came is known for a time, and so many as there is room for. */
final class GuestsTest {
  private static final int SECONDS = 100;
  private static final int ROOM = 1 << 16;

  private final Guests guests = new Guests(SECONDS);

  /** IPv4 addresses of one network, as they are when a carrier's phones come. */
  private static long network(int number) {
    return 0xffffL << 32 | 0xc633_0000L + number;
  }

  @Test
  void oneIsKnownForAsLongAsItIsSaidFromItsLastClientOn() {
    guests.came(network(1), 1);
    assertThat(guests.has(network(1), SECONDS)).isTrue();
    assertThat(guests.has(network(1), SECONDS + 1)).isFalse();
    guests.came(network(1), SECONDS);
    assertThat(guests.has(network(1), 2 * SECONDS - 1)).isTrue();
    assertThat(guests.has(network(1), 2 * SECONDS)).isFalse();
    assertThat(guests.has(network(2), 1)).isFalse();
    assertThat(guests.has(0, 1)).isFalse(); // what a free place has
  }

  @Test
  void halfAsManyAsThereIsRoomForAreKnownButForAFew() {
    for (int i = 0; i < ROOM / 2; i++) {
      guests.came(network(i), 1);
    }
    long known = 0;
    for (int i = 0; i < ROOM / 2; i++) {
      known += guests.has(network(i), 2) ? 1 : 0;
    }
    assertThat(known).isEqualTo(ROOM / 2 - guests.forgotten());
    assertThat(guests.forgotten()).isLessThan(ROOM / 100);
  }

  @Test
  void theOnesOfLongestAgoMakeRoomAndTheseAreCountedUnlessTheirTimeIsOver() {
    for (int i = 0; i < 4 * ROOM; i++) {
      guests.came(network(i), 1);
    }
    long early = guests.forgotten();
    assertThat(early).isGreaterThanOrEqualTo(3 * ROOM);
    for (int i = 0; i < ROOM / 2; i++) {
      guests.came(network(8 * ROOM + i), 2 + SECONDS);
    }
    assertThat(guests.forgotten() - early).isLessThan(ROOM / 100);
    assertThat(guests.has(network(8 * ROOM + ROOM / 2 - 1), 2 + SECONDS)).isTrue();
  }
}
