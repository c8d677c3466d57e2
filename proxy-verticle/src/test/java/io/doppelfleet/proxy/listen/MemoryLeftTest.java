package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class MemoryLeftTest {
  private static final long MIB = 1 << 20;

  private long machine = 1024 * MIB;
  private long machineOf = 1024 * MIB;
  private long heap = 256 * MIB;
  private int collections;
  private final MemoryLeft left =
      new MemoryLeft(
          () -> new MemoryLeft.Left(machine, machineOf),
          () -> new MemoryLeft.Left(heap, 256 * MIB),
          () -> collections++);

  private int ofMachine(long mib) {
    machine = mib * MIB;
    return left.pressure();
  }

  private int ofHeap(long mib) {
    heap = mib * MIB;
    return left.pressure();
  }

  @Test
  void theMachinesMemoryIsShortByWhatItCouldGive() {
    assertThat(ofMachine(64)).isZero();
    assertThat(ofMachine(63)).isOne();
    assertThat(ofMachine(32)).isOne();
    assertThat(ofMachine(31)).isEqualTo(2);
  }

  @Test
  void ofALargeMachineNoMoreIsLittle() {
    machineOf = 64L << 30;
    assertThat(ofMachine(64)).isZero();
    assertThat(ofMachine(63)).isOne();
  }

  @Test
  void ofASmallMachineASixteenthIsLittle() {
    machineOf = 512 * MIB;
    assertThat(ofMachine(32)).isZero();
    assertThat(ofMachine(31)).isOne();
    assertThat(ofMachine(16)).isOne();
    assertThat(ofMachine(15)).isEqualTo(2);
  }

  @Test
  void whatGoesToAndFroAboutABoundChangesNothing() {
    assertThat(ofMachine(31)).isEqualTo(2);
    assertThat(ofMachine(47)).isEqualTo(2);
    assertThat(ofMachine(48)).isOne();
    assertThat(ofMachine(33)).isOne();
    assertThat(ofMachine(95)).isOne();
    assertThat(ofMachine(96)).isZero();
    assertThat(ofMachine(65)).isZero();
  }

  @Test
  void theHeapIsShortAtAnEighthAndASixteenth() {
    assertThat(ofHeap(32)).isZero();
    assertThat(ofHeap(31)).isOne();
    assertThat(ofHeap(15)).isEqualTo(2);
    assertThat(ofHeap(23)).isEqualTo(2);
    assertThat(ofHeap(24)).isOne();
    assertThat(ofHeap(48)).isZero();
  }

  @Test
  void whatLinuxSaysIsReadAndWhatItCouldSwapOutIsLeftToo() {
    assertThat(
            MemoryLeft.ofMachine(
                """
                MemTotal:         985232 kB
                MemFree:           73004 kB
                MemAvailable:     402340 kB
                Buffers:           20112 kB
                SwapTotal:        524284 kB
                SwapFree:         500000 kB
                """))
        .isEqualTo(new MemoryLeft.Left(902_340L << 10, 985_232L << 10));
    assertThat(MemoryLeft.ofMachine("MemTotal: 985232 kB\nMemAvailable: 402340 kB\n"))
        .isEqualTo(new MemoryLeft.Left(402_340L << 10, 985_232L << 10));
    assertThat(MemoryLeft.ofMachine("nothing").bytes()).isEqualTo(Long.MAX_VALUE);
  }

  /** Nobody new is taken then whose garbage would bring a collection about. */
  @Test
  void aHeapThatStaysShortIsCollectedAfterAMinuteAndMoreSeldomEachTime() {
    heap = 31 * MIB;
    assertThat(looksUntilCollected()).isEqualTo(60);
    assertThat(looksUntilCollected()).isEqualTo(120);
    heap = 15 * MIB;
    assertThat(looksUntilCollected()).isEqualTo(240);
    for (int i = 0; i < 8; i++) {
      looksUntilCollected();
    }
    assertThat(looksUntilCollected()).isEqualTo(3_600);
    assertThat(ofHeap(256)).isZero();
    heap = 31 * MIB;
    assertThat(looksUntilCollected()).isEqualTo(60);
  }

  private int looksUntilCollected() {
    int before = collections;
    int looks = 0;
    while (collections == before && looks < 10_000) {
      left.pressure();
      looks++;
    }
    return looks;
  }

  @Test
  void whereEnoughIsLeftNothingIsCollected() {
    machine = 15 * MIB;
    for (int i = 0; i < 10_000; i++) {
      left.pressure();
    }
    assertThat(collections).isZero();
  }

  @Test
  void ofTheOwnHeapWhatStaysIsTakenUntilItHasGone() {
    Supplier<MemoryLeft.Left> own = MemoryLeft.ownHeap();
    long before = leftBeside(0, own);
    assertThat(before - leftBeside(64, own)).isBetween(48 * MIB, 80 * MIB);
    assertThat(before - leftBeside(0, own)).isBetween(-16 * MIB, 16 * MIB);
    assertThat(own.get().of()).isBetween(before, Runtime.getRuntime().maxMemory());
  }

  private static long leftBeside(int mib, Supplier<MemoryLeft.Left> own) {
    byte[] stays = new byte[mib << 20];
    try {
      System.gc();
      return own.get().bytes();
    } finally {
      Reference.reachabilityFence(stays);
    }
  }
}
