package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Checksums that are made of the parts'. */
class KnownStateTest {
  @Provide
  Arbitrary<FleetState> states() {
    return States.any();
  }

  @Property(tries = 300)
  void itIsTheSameWhetherMadeOfAnotherOrAnew(
      @ForAll("states") FleetState one, @ForAll("states") FleetState other) {
    KnownState next = KnownState.of(one).next(other);
    assertThat(next).isEqualTo(KnownState.of(other));
    // What was kept of it is right too.
    assertThat(next.next(one)).isEqualTo(KnownState.of(one));
    assertThat(next.state()).isEqualTo(other);
  }

  @Property(tries = 100)
  void theOrderOfPartsSaysNothing(@ForAll("states") FleetState state, @ForAll long seed) {
    FleetState shuffled =
        new FleetState(
            state.revision(),
            shuffled(state.secrets(), seed),
            shuffled(state.bans(), seed),
            shuffled(state.lists(), seed),
            state.settings());
    assertThat(KnownState.of(shuffled)).isEqualTo(KnownState.of(state));
    assertThat(KnownState.of(state).next(shuffled)).isEqualTo(KnownState.of(state));
  }

  @Property(tries = 200)
  void twoStatesThatDifferHaveTwo(
      @ForAll("states") FleetState one, @ForAll("states") FleetState other) {
    assertThat(KnownState.of(one).equals(KnownState.of(other.at(one.revision()))))
        .isEqualTo(one.equals(other.at(one.revision())));
    assertThat(KnownState.of(one.at(7))).isNotEqualTo(KnownState.of(one.at(8)));
    for (Entity each : one.entities().toList()) {
      FleetState without = one.without(each.kind(), each.id());
      assertThat(KnownState.of(one).next(without).equals(KnownState.of(one)))
          .isEqualTo(without.equals(one)); // settings may be the defaults
    }
  }

  private static <T> List<T> shuffled(List<T> all, long seed) {
    List<T> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  /** Nodes of a later version are told by controls of this one. */
  @Test
  void form2IsMadeAsWhenItWasNew() throws Exception {
    byte[] text;
    try (InputStream in = getClass().getResourceAsStream("state-1.json")) {
      text = Objects.requireNonNull(in).readAllBytes();
    }
    assertThat(KnownState.of(StateJson.read(text)).checksum())
        .isEqualTo("9594e397481e86b4eb6c2d081654e71f9199407f17c1bd89b93b40001db0eef2");
  }
}
