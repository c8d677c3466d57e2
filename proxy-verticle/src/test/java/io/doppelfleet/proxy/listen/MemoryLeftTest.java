package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MemoryLeftTest {
  private static final long MIB = 1 << 20;

  private final PlayedHeap heap = new PlayedHeap();
  private long machine = Long.MAX_VALUE;
  private long now;
  private final MemoryLeft left = new MemoryLeft(() -> machine, heap, () -> now);

  @Test
  void theMachinesMemoryIsShortByWhatItCouldGive() {
    machine = 64 * MIB;
    assertThat(left.pressure()).isZero();
    machine = 64 * MIB - 1;
    assertThat(left.pressure()).isOne();
    machine = 32 * MIB - 1;
    assertThat(left.pressure()).isEqualTo(2);
    machine = 65 * MIB;
    assertThat(left.pressure()).isZero();
  }

  @Test
  void garbageIsNoShortage() {
    heap.used = 250 * MIB;
    heap.live = 100 * MIB;
    assertThat(left.pressure()).isZero();
    assertThat(heap.collections).isOne();
  }

  @Test
  void theHeapIsShortByWhatACollectionLeavesAndNoLongerThanThat() {
    heap.used = 250 * MIB;
    heap.live = 230 * MIB;
    assertThat(left.pressure()).isOne();
    heap.used = 256 * MIB; // more of it is garbage, for all that is known
    assertThat(left.pressure()).isOne();
    assertThat(heap.collections).isOne();
    now += TimeUnit.MINUTES.toNanos(1);
    heap.live = 245 * MIB;
    assertThat(left.pressure()).isEqualTo(2);
    assertThat(heap.collections).isEqualTo(2);
    heap.used = 200 * MIB;
    assertThat(left.pressure()).isZero();
  }

  /** Who isn't accepted makes no garbage, so nothing else would show that there is room again. */
  @Test
  void aShortageIsLookedAtAnewEachMinute() {
    heap.used = 250 * MIB;
    heap.live = 250 * MIB;
    assertThat(left.pressure()).isEqualTo(2);
    heap.live = 100 * MIB;
    assertThat(left.pressure()).isEqualTo(2);
    now += TimeUnit.MINUTES.toNanos(1);
    assertThat(left.pressure()).isZero();
  }

  @Test
  void whatLinuxSaysIsRead() {
    assertThat(
            MemoryLeft.available(
                """
                MemTotal:         985232 kB
                MemFree:           73004 kB
                MemAvailable:     402340 kB
                Buffers:           20112 kB
                """))
        .isEqualTo(402_340L << 10);
    assertThat(MemoryLeft.available("nothing")).isEqualTo(Long.MAX_VALUE);
  }

  private static final class PlayedHeap implements MemoryLeft.Heap {
    private long used = 20 * MIB;
    private long live = 20 * MIB;
    private int collections;

    @Override
    public long most() {
      return 256 * MIB;
    }

    @Override
    public long used() {
      return used;
    }

    @Override
    public void collect() {
      collections++;
      used = live;
    }
  }
}
