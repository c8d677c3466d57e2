package io.doppelfleet.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** So many within a time are too many, and what is forgotten is bounded. */
class ReplayCountTest {
  private static final long WITHIN = 20;

  /** Each number is one that comes: from which of five networks, and how long after the last. */
  @Property(tries = 300)
  void theLastOnesWithinTheTimeCountAndNoOthers(
      @ForAll @IntRange(min = 1, max = 4) int most,
      @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 49) Integer> coming) {
    ReplayCount count = new ReplayCount(most, WITHIN);
    Map<Long, List<Long>> model = new HashMap<>();
    Map<Long, Long> last = new HashMap<>();
    long now = Long.MAX_VALUE - 100; // nanoTime may be anywhere
    for (int each : coming) {
      long network = each % 5;
      now += each / 5;
      long at = now;
      List<Long> times = model.computeIfAbsent(network, first -> new ArrayList<>());
      times.removeIf(time -> at - time > WITHIN);
      times.add(now);
      last.put(network, now);
      boolean tooMany = times.size() >= most;
      if (tooMany) {
        times.clear();
      }
      assertThat(count.add(network, now)).isEqualTo(tooMany);
      for (long other = 0; other < 5; other++) {
        Long before = last.get(other);
        assertThat(count.has(other, now)).isEqualTo(before != null && now - before <= WITHIN);
      }
    }
  }

  @Test
  void whoWasSilentForLongestMakesRoom() {
    ReplayCount count = new ReplayCount(2, WITHIN);
    count.add(-1, 0);
    for (int i = 0; i < ReplayCount.MOST - 1; i++) {
      count.add(i, 0);
    }
    assertThat(count.add(-1, 0)).isTrue(); // all were remembered
    for (int i = 0; i < ReplayCount.MOST + 1; i++) {
      count.add(ReplayCount.MOST + i, 0);
    }
    assertThat(count.add(0, 0)).isFalse(); // it was the first to go
    assertThat(count.add(2L * ReplayCount.MOST, 0)).isTrue();
  }
}
