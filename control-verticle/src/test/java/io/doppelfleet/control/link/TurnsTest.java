package io.doppelfleet.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
  private final Turns<String> turns = new Turns<>(2);
  private final List<String> begun = new ArrayList<>();

  private void take(String... all) {
    for (String who : all) {
      turns.take(who, () -> begun.add(who));
    }
  }

  @Test
  void noMoreThanSoManyHaveOneAndTheOthersComeInTheirOrder() {
    take("a", "b", "c", "d");
    assertThat(begun).containsExactly("a", "b");
    turns.end("b");
    assertThat(begun).containsExactly("a", "b", "c");
    turns.end("a");
    assertThat(begun).containsExactly("a", "b", "c", "d");
  }

  @Test
  void whoGoesWhileWaitingTakesNobodysTurn() {
    take("a", "b", "c", "d");
    turns.end("c");
    assertThat(begun).containsExactly("a", "b");
    turns.end("a");
    assertThat(begun).containsExactly("a", "b", "d");
    turns.end("a");
    take("e");
    assertThat(begun).containsExactly("a", "b", "d");
    turns.end("d");
    assertThat(begun).containsExactly("a", "b", "d", "e");
  }
}
