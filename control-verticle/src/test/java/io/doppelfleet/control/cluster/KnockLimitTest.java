package io.doppelfleet.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Any member may knock, as often as it likes. */
final class KnockLimitTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final KnockLimit limit = new KnockLimit(nanos::get);

  private int begun(int attempts, boolean andEnd) {
    int begun = 0;
    for (int i = 0; i < attempts; i++) {
      if (limit.begin()) {
        begun++;
        if (andEnd) {
          limit.end();
        }
      }
    }
    return begun;
  }

  @Test
  void soManyAreServedAtOnceAndOthersAsTheyEnd() {
    assertThat(begun(40, false)).isEqualTo(32);
    limit.end();
    assertThat(begun(40, false)).isEqualTo(1);
    nanos.addAndGet(5_000_000_000L); // none has ended by that
    assertThat(limit.begin()).isFalse();
  }

  @Test
  void soManyAreServedWithinASecond() {
    assertThat(begun(150, true)).isEqualTo(100);
    nanos.addAndGet(999_999_999);
    assertThat(begun(1, true)).isZero();
    nanos.addAndGet(1);
    assertThat(begun(150, true)).isEqualTo(100);
  }
}
