package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a control counts the addresses of secrets' clients, of which it has tokens alone. */
class PlaceCountsTest {
  private static final AddressLimit TWO = new AddressLimit(2, Duration.ofMinutes(1));
  private static final AddressLimit MANY = new AddressLimit(1_000_000, Duration.ofMinutes(1));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Counter uncounted = new SimpleMeterRegistry().counter("uncounted");
  private final PlaceCounts counts = new PlaceCounts(uncounted);
  private long now = Long.MAX_VALUE - 30 * SECOND; // nanoTime may be anywhere

  private @Nullable List<Integer> admit(Integer... wanted) {
    return admit("alice", TWO, 1, new Addresses(1, List.of(wanted), List.of()));
  }

  private void seen(Integer... seen) {
    admit("alice", TWO, 1, new Addresses(1, List.of(), List.of(seen)));
  }

  private @Nullable List<Integer> admit(
      String secret, AddressLimit limit, int generation, Addresses told) {
    return counts.admit(secret, limit, generation, "paris", told, now);
  }

  private void seenByOslo(Integer... seen) {
    counts.admit("alice", TWO, 1, "oslo", new Addresses(1, List.of(), List.of(seen)), now);
  }

  private void seenOf(String secret, int count) {
    for (int at = 0; at < count; at += 1_000) {
      List<Integer> next = IntStream.range(at, at + 1_000).boxed().toList();
      admit(secret, MANY, 1, new Addresses(1, List.of(), next));
    }
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
    assertThat(admit("alice", TWO, 2, new Addresses(2, List.of(5), List.of()))).containsExactly(5);
    assertThat(admit("alice", TWO, 2, new Addresses(1, List.of(1), List.of()))).isNull();
    assertThat(admit("alice", TWO, 2, new Addresses(9, List.of(1), List.of()))).isNull();
    assertThat(admit("alice", TWO, 2, new Addresses(2, List.of(6, 7), List.of())))
        .containsExactly(6);
  }

  @Test
  void noSecretHasMoreThanIsLeftForAllOthersAndWhatWasForgottenMakesRoom() {
    seenOf("bob", PlaceCounts.MOST);
    assertThat(admit("bob", MANY, 1, new Addresses(1, List.of(1 << 23), List.of()))).isNull();
    assertThat(admit(1, 2, 3)).containsExactly(1, 2);
    for (int i = 0; i < 20; i++) { // until there is none for anybody
      seenOf("carol-" + i, PlaceCounts.MOST / 2);
    }
    Addresses one = new Addresses(1, List.of(1), List.of());
    assertThat(admit("dora", TWO, 1, one)).isNull();
    now += 59 * SECOND;
    counts.forget(now);
    assertThat(admit("dora", TWO, 1, one)).isNull();
    now += SECOND;
    counts.forget(now);
    assertThat(admit("dora", TWO, 1, one)).containsExactly(1);
    counts.keep(Set.of("bob"));
    assertThat(admit("dora", TWO, 1, new Addresses(1, List.of(2, 3), List.of())))
        .containsExactly(2, 3);
  }

  @Test
  void whatFindsNoRoomIsCountedAsUncountedAndWhatIsBeyondALimitIsNot() {
    seen(1, 2, 3, 4, 5);
    assertThat(admit(6)).isEmpty();
    assertThat(uncounted.count()).isZero();
    seenOf("bob", PlaceCounts.MOST / 2);
    double told = uncounted.count();
    assertThat(told).isBetween(1.0, 1_000.0); // what the last question had more than half of all
    Addresses more = new Addresses(1, List.of(0, 1 << 23, 1 << 22), List.of());
    assertThat(admit("bob", MANY, 1, more)).isNull();
    assertThat(uncounted.count() - told).isEqualTo(2);
  }

  @Test
  void whatANodeToldOfIsTwiceTheLimitAtMostAndGoesWithTheNode() {
    Integer[] madeUp = IntStream.range(0, 900).boxed().toArray(Integer[]::new);
    seenByOslo(3);
    seen(madeUp);
    assertThat(admit(3, 4)).containsExactly(3);
    seenByOslo(0, 1, 2);
    assertThat(admit(1_000)).isEmpty();
    counts.forget("paris");
    assertThat(admit(1_000, 1_001)).containsExactly(1_000);
    assertThat(admit(3)).containsExactly(3);
  }
}
