package io.doppelfleet.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LoopLagTest {
  private static final long MILLI = 1_000_000;

  private final AtomicLong now = new AtomicLong(-5);
  private final LoopLag lag = new LoopLag(now::get);

  private boolean isOnTimeAfter(int millis) {
    now.addAndGet(millis * MILLI);
    return lag.tick();
  }

  /** A clock that is late comes sooner after that, until it has made up for it. */
  @Test
  void aTickIsOnTimeNeitherWhenItIsLateNorRightAfterThat() {
    assertThat(isOnTimeAfter(1_000)).isTrue();
    assertThat(isOnTimeAfter(1_450)).isTrue();
    assertThat(isOnTimeAfter(550)).isTrue();
    assertThat(isOnTimeAfter(3_600)).isFalse();
    assertThat(isOnTimeAfter(0)).isFalse();
    assertThat(isOnTimeAfter(1)).isFalse();
    assertThat(isOnTimeAfter(399)).isFalse();
    assertThat(isOnTimeAfter(1_000)).isTrue();
  }

  @Test
  void theWorstOfTheLastMinuteIsKnownAndWhatIsOverdueNow() {
    isOnTimeAfter(1_000);
    assertThat(lag.worstSeconds()).isZero();
    isOnTimeAfter(1_250);
    assertThat(lag.worstSeconds()).isEqualTo(0.25);
    now.addAndGet(2_000 * MILLI);
    assertThat(lag.overdueSeconds()).isEqualTo(1);
    assertThat(lag.worstSeconds()).isEqualTo(1);
    for (int i = 0; i < 61; i++) {
      isOnTimeAfter(1_000);
    }
    assertThat(lag.worstSeconds()).isZero();
    now.addAndGet(2_000 * MILLI);
    lag.end();
    assertThat(lag.overdueSeconds()).isZero();
  }
}
