package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** However many read, and in whatever turn, no more waits than is allowed. */
final class LoopBytesTest {
  private static final int PER_PAIR = 65_536;
  private static final int IN_ALL = 1 << 20;
  private static final int CONNECTIONS = 100;

  @Test
  void aPairsReadIsAsLargeAsWhatDoesNotWaitForItYet() {
    LoopBytes bytes = plenty();
    int alone = bytes.allowance(0);
    assertThat(alone).isBetween(48 * 1024, PER_PAIR);
    assertThat(bytes.allowance(10_000)).isEqualTo(alone - 10_000);
    assertThat(bytes.allowance(PER_PAIR)).isEqualTo(LoopBytes.SMALLEST_READ);
  }

  @Test
  void whatOnePairMayNotHaveDoesNotWaitForMore() {
    LoopBytes bytes = plenty();
    int alone = bytes.allowance(0);
    assertThat(bytes.scarce(alone)).isFalse();
    assertThat(bytes.scarce(alone + 1)).isTrue();
  }

  @Property(tries = 50)
  void onePairNeverHasMoreThanItsBound(
      @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 0, max = 1) Integer> turns) {
    LoopBytes bytes = plenty();
    int[] waiting = new int[2];
    for (int way : turns) {
      // What waits one way is gone before the next read of that way, records and all.
      waiting[way] = inRecords(bytes.allowance(waiting[1 - way]));
      assertThat(waiting[0] + waiting[1]).isLessThanOrEqualTo(PER_PAIR);
    }
  }

  private static LoopBytes plenty() {
    return new LoopBytes(PER_PAIR, Integer.MAX_VALUE, 0);
  }

  private static int inRecords(int payload) {
    return payload + Math.ceilDiv(payload, 100) * 5;
  }

  @Test
  void allTogetherNeverHaveMoreThanTheirsAndEachIsReadAllTheSame() {
    LoopBytes bytes = new LoopBytes(PER_PAIR, IN_ALL, 2 * CONNECTIONS);
    int[] reads =
        IntStream.range(0, 2 * CONNECTIONS)
            .map(
                read -> {
                  int most = bytes.allowance(0);
                  bytes.add(most);
                  return most;
                })
            .toArray();
    assertThat(bytes.waiting()).isLessThanOrEqualTo(IN_ALL);
    assertThat(bytes.scarce()).isTrue();
    assertThat(reads).isSortedAccordingTo((one, next) -> next - one);
    assertThat(reads[reads.length - 1]).isEqualTo(LoopBytes.SMALLEST_READ);
    for (int read : reads) {
      bytes.add(-read);
    }
    assertThat(bytes.waiting()).isZero();
    assertThat(bytes.scarce()).isFalse();
  }
}
