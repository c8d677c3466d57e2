package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Limits.AddressLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a control counts the addresses of secrets' clients, of which it has tokens alone. */
class PlaceCountsTest {
  private static final AddressLimit TWO = new AddressLimit(2, Duration.ofMinutes(1));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final PlaceCounts counts = new PlaceCounts();
  private long now = Long.MAX_VALUE - 30 * SECOND; // nanoTime may be anywhere

  private @Nullable List<Integer> admit(Integer... wanted) {
    return counts.admit("alice", TWO, new Addresses(1, List.of(wanted), List.of()), now);
  }

  private void seen(Integer... seen) {
    counts.admit("alice", TWO, new Addresses(1, List.of(), List.of(seen)), now);
  }

  @Test
  void theNumberIsLetInWhereverTheyComeAndWhoIsNotSeenForTheTimeMakesRoom() {
    assertThat(admit(1, 2, 3)).containsExactly(1, 2);
    assertThat(admit(3)).isEmpty();
    assertThat(admit(1)).containsExactly(1);
    now += 40 * SECOND;
    seen(2);
    now += 20 * SECOND;
    assertThat(admit(3)).containsExactly(3);
    assertThat(admit(1)).isEmpty();
    assertThat(admit(2)).containsExactly(2);
  }

  @Test
  void whatANodeLetInByItselfCounts() {
    seen(1, 2, 3);
    assertThat(admit(4, 3)).containsExactly(3);
  }

  @Test
  void aNewerKeyBeginsAnewAndByAnOlderOneNobodyIsCounted() {
    assertThat(admit(1, 2)).containsExactly(1, 2);
    assertThat(counts.admit("alice", TWO, new Addresses(2, List.of(5), List.of()), now))
        .containsExactly(5);
    assertThat(admit(1)).isNull();
  }

  @Test
  void thereIsAMostAndWhatWasForgottenMakesRoom() {
    AddressLimit many = new AddressLimit(1_000_000, Duration.ofMinutes(1));
    for (int at = 0; at < PlaceCounts.MOST; at += 1_000) {
      List<Integer> next = IntStream.range(at, at + 1_000).boxed().toList();
      counts.admit("bob", many, new Addresses(1, List.of(), next), now);
    }
    assertThat(admit(1)).isNull();
    Limits limits = new Limits(null, many, Map.of(), null, null);
    counts.forget(Map.of("bob", limits), now + 59 * SECOND);
    assertThat(admit(1)).isNull();
    counts.forget(Map.of("bob", limits), now + 60 * SECOND);
    assertThat(admit(1)).containsExactly(1);
    counts.keepLimited(Map.of("bob", limits));
    assertThat(admit(2, 3)).containsExactly(2, 3); // of alice nothing is known
  }
}
