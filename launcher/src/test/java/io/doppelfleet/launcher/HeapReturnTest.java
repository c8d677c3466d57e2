package io.doppelfleet.launcher;

import static io.doppelfleet.launcher.HeapReturn.HOARD;
import static io.doppelfleet.launcher.HeapReturn.LOOKS_BETWEEN;
import static io.doppelfleet.launcher.HeapReturn.WORTH;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a collection is asked for after a burst. */
class HeapReturnTest {
  private static final long IDLE = 6 << 20;
  private static final long BURST = 40 << 20;

  private int connections;
  private long committed = IDLE;

  /** What a collection leaves of the heap. */
  private long left = IDLE;

  private int collections;
  private final HeapReturn heap =
      new HeapReturn(
          () -> connections,
          () -> committed,
          () -> {
            collections++;
            committed = left;
          });

  private void look(int connections, long committed) {
    this.connections = connections;
    this.committed = committed;
    heap.look();
  }

  @BeforeEach
  void someTimeAfterTheStart() {
    for (int i = 0; i <= LOOKS_BETWEEN; i++) {
      look(0, IDLE);
    }
    collections = 0;
  }

  @Test
  void theStartIsABurst() {
    new HeapReturn(() -> 0, () -> IDLE, () -> collections++).look();
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void afterABurstOneCollectionIsAskedForOnceHalfOfItHasGone() {
    look(5_000, BURST);
    look(2_501, BURST);
    assertThat(collections).isZero();
    look(2_500, BURST);
    assertThat(collections).isEqualTo(1);
    assertThat(committed).isEqualTo(IDLE);
  }

  @Test
  void aCrowdThatStaysIsLeftInPeace() {
    for (int i = 0; i < 10 * LOOKS_BETWEEN; i++) {
      look(5_000, IDLE + HOARD - 1);
    }
    assertThat(collections).isZero();
  }

  /** What it holds itself grows once, and is no reason for more. */
  @Test
  void muchThatComesTogetherIsCollectedWhoeverIsThere() {
    left = BURST;
    look(5_000, IDLE + HOARD);
    assertThat(collections).isEqualTo(1);
    for (int i = 0; i < 2 * LOOKS_BETWEEN; i++) {
      look(5_000, BURST + HOARD - 1);
    }
    assertThat(collections).isEqualTo(1);
    look(5_000, BURST + HOARD);
    assertThat(collections).isEqualTo(2);
  }

  /** In the middle of an import much lives, of which nothing is left when it is over. */
  @Test
  void whatTheMachineCollectsItselfIsNoHoardAnyMore() {
    left = 3 * HOARD;
    look(5_000, 3 * HOARD);
    assertThat(collections).isEqualTo(1);
    for (int i = 0; i < LOOKS_BETWEEN; i++) {
      look(5_000, BURST);
    }
    assertThat(collections).isEqualTo(1);
    look(5_000, BURST + HOARD);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void whatIsNotWorthAPauseStays() {
    look(5_000, IDLE + WORTH - 1);
    look(0, IDLE + WORTH - 1);
    assertThat(collections).isZero();
    look(5_000, IDLE + WORTH);
    look(0, IDLE + WORTH);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void whatNoCollectionGivesBackIsNoReasonForTheNext() {
    left = IDLE + 2 * WORTH; // of which most is in use
    look(5_000, BURST);
    look(0, BURST);
    assertThat(collections).isEqualTo(1);
    for (int i = 0; i < 10 * LOOKS_BETWEEN; i++) {
      look(0, left);
    }
    assertThat(collections).as("once more, in vain").isEqualTo(2);
    left += WORTH / 2;
    look(0, left);
    assertThat(collections).isEqualTo(2);
    look(0, left + WORTH);
    assertThat(collections).isEqualTo(3);
  }

  /** At half of it what the rest holds stays; the process is still large when they have gone. */
  @Test
  void aCrowdThatLeavesSlowlyIsCollectedHalfByHalf() {
    look(8_000, BURST);
    left = BURST / 2;
    look(4_000, BURST);
    assertThat(collections).isEqualTo(1);
    left = BURST / 4;
    for (int i = 0; i < LOOKS_BETWEEN; i++) {
      look(2_000, BURST / 2);
    }
    assertThat(collections).isEqualTo(2);
    left = IDLE;
    for (int i = 0; i < LOOKS_BETWEEN; i++) {
      look(0, BURST / 4);
    }
    assertThat(collections).isEqualTo(3);
  }

  @Test
  void twoBurstsWithinHalfAMinuteAreCollectedAtItsEnd() {
    look(5_000, BURST);
    look(0, BURST);
    assertThat(collections).isEqualTo(1);
    look(5_000, BURST);
    for (int i = 2; i < LOOKS_BETWEEN; i++) {
      look(0, BURST);
      assertThat(collections).isEqualTo(1);
    }
    look(0, BURST);
    assertThat(collections).isEqualTo(2);
  }

  /** Half is of the most since the last burst was over, not of all time. */
  @Test
  void aSmallBurstAfterABigOneIsOneToo() {
    look(5_000, BURST);
    look(0, BURST);
    for (int i = 0; i < LOOKS_BETWEEN; i++) {
      look(100, BURST);
    }
    assertThat(collections).as("while a hundred are there").isEqualTo(1);
    look(50, BURST);
    assertThat(collections).isEqualTo(2);
  }
}
