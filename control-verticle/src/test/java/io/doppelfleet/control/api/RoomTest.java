package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What there is for all, and for one. */
final class RoomTest {
  private final Room room = new Room(100, 40);

  @Test
  void nobodyHasAllOfItAndAllTogetherHaveNoMore() {
    assertThat(room.take("a", 40)).isTrue();
    assertThat(room.take("a", 1)).isFalse();
    assertThat(room.take("b", 40)).isTrue();
    assertThat(room.take("c", 21)).isFalse();
    assertThat(room.take("c", 20)).isTrue();
  }

  @Test
  void whatIsGivenBackIsThereAgain() {
    assertThat(room.take("a", 30)).isTrue();
    assertThat(room.take("a", 10)).isTrue();
    room.give("a", 30);
    assertThat(room.take("a", 31)).isFalse();
    assertThat(room.take("a", 30)).isTrue();
    room.give("a", 30);
    room.give("a", 10);
    assertThat(room.take("b", 40)).isTrue();
  }
}
