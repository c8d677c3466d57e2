package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.hello.KeyLanes;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where secrets stand when a state follows another. */
class SecretIndexTest {
  /** That of the captured hello. */
  private static final String HOST = "www.google.com";

  private final TreeMap<String, NamedSecret> present = new TreeMap<>();
  private ClientHello hello;
  private int keys;

  @BeforeEach
  void read() throws Exception {
    try (var in =
        SecretIndexTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      hello = ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }

  private void add(String name) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    new Random(++keys).nextBytes(key);
    present.put(name, new NamedSecret(name, Secret.of(key, HOST)));
  }

  private SecretIndex after(@Nullable SecretIndex last) {
    FleetState state = new FleetState(1, List.copyOf(present.values()));
    SecretIndex index = SecretIndex.of(state, Instant.EPOCH, last);
    List<LiveSecret> all = index.of(hello);
    assertThat(all)
        .extracting(LiveSecret::named)
        .containsExactlyInAnyOrderElementsOf(present.values());
    List<LiveSecret> grouped = new ArrayList<>();
    List<SecretIndex.Group> groups = index.groups(hello);
    for (int i = 0; i < groups.size(); i++) {
      grouped.addAll(groups.get(i).secrets());
      if (i < groups.size() - 1) {
        assertThat(groups.get(i).secrets()).hasSize(KeyLanes.LANES);
      }
    }
    assertThat(grouped).isEqualTo(all);
    return index;
  }

  private static int prepared(List<SecretIndex.Group> before, List<SecretIndex.Group> now) {
    int prepared = 0;
    for (int i = 0; i < now.size(); i++) {
      prepared += i < before.size() && isSame(before.get(i), now.get(i)) ? 0 : 1;
    }
    return prepared;
  }

  @SuppressWarnings("ReferenceEquality") // whether it was prepared anew is what is asked
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  @Test
  void oneSecretMoreOrLessPreparesOneGroupOrTwo() {
    for (int i = 0; i < 4 * KeyLanes.LANES + 5; i++) {
      add("s" + (10_000 + i));
    }
    SecretIndex first = after(null);
    add("a"); // before all others by its name
    SecretIndex more = after(first);
    assertThat(prepared(first.groups(hello), more.groups(hello))).isEqualTo(1);
    present.remove("s10000");
    SecretIndex less = after(more);
    assertThat(prepared(more.groups(hello), less.groups(hello))).isEqualTo(2);
    assertThat(prepared(less.groups(hello), after(less).groups(hello))).isZero();
    add("s10700"); // another key
    assertThat(prepared(less.groups(hello), after(less).groups(hello))).isEqualTo(1);
  }

  @Test
  void whateverComesAndGoesAllAreThereOnceAndKeepTheirObjects() {
    Random random = new Random(7);
    SecretIndex last = after(null);
    for (int step = 0; step < 200; step++) {
      for (int i = random.nextInt(60); i > 0; i--) {
        add("s" + random.nextInt(1_500));
      }
      for (int i = random.nextInt(50); i > 0; i--) {
        present.remove("s" + random.nextInt(1_500));
      }
      if (random.nextInt(40) == 0) {
        present.clear();
      }
      SecretIndex next = after(last);
      for (LiveSecret each : last.of(hello)) {
        assertThat(next.has(each)).isEqualTo(each.named().equals(present.get(each.name())));
      }
      last = next;
    }
  }

  @Test
  void keysBeginAndEndByTheirTimesThoughTheStateStays() {
    Instant begin = Instant.parse("2030-01-01T00:00:00Z");
    Instant end = begin.plusSeconds(60);
    add("early");
    add("late");
    FleetSecret early = secret("early", Instant.EPOCH, end);
    FleetSecret late = secret("late", begin, null);
    FleetState state = FleetState.of(1, List.of(early, late));
    SecretIndex first = SecretIndex.of(state, begin.minusSeconds(1), null);
    SecretIndex both = SecretIndex.of(state, begin, first);
    SecretIndex last = SecretIndex.of(state, end, both);

    assertThat(names(first)).containsExactly("early");
    assertThat(names(both)).containsExactlyInAnyOrder("early", "late");
    assertThat(names(last)).containsExactly("late");
    assertThat(names(SecretIndex.of(state, begin.minusSeconds(1), last)))
        .as("where the clock was set back")
        .containsExactly("early");
  }

  @Test
  void otherLimitsPrepareNothingAnewAndAnotherHostMovesASecret() {
    for (int i = 0; i < 2 * KeyLanes.LANES; i++) {
      add("s" + (10_000 + i));
    }
    FleetState state = new FleetState(1, List.copyOf(present.values()));
    SecretIndex index = SecretIndex.of(state, Instant.EPOCH, null);
    FleetSecret one = state.secrets().getFirst();
    Limits limits = new Limits(3, null, Map.of(), null, null);
    FleetState limited =
        state.with(new FleetSecret(one.name(), one.keys(), limits, one.labels())).at(2);
    SecretIndex next = SecretIndex.of(limited, Instant.EPOCH, index);
    Secret elsewhere = Secret.of(one.newest().secret().key(), "www.example.org");
    FleetState moved =
        limited.with(
            new FleetSecret(
                one.name(),
                List.of(new KeyGeneration(2, elsewhere, Instant.EPOCH, null)),
                limits,
                one.labels()));

    assertThat(prepared(index.groups(hello), next.groups(hello))).isZero();
    assertThat(next.has(index.of(hello).getFirst())).isTrue();
    SecretIndex without = SecretIndex.of(moved, Instant.EPOCH, next);
    assertThat(without.of(hello)).hasSize(2 * KeyLanes.LANES - 1);
    assertThat(without.serves(new NamedSecret(one.name(), elsewhere))).isTrue();
  }

  private FleetSecret secret(String name, Instant from, @Nullable Instant until) {
    Secret secret = Objects.requireNonNull(present.get(name)).secret();
    return new FleetSecret(
        name, List.of(new KeyGeneration(1, secret, from, until)), Limits.NONE, Set.of());
  }

  private List<String> names(SecretIndex index) {
    return index.of(hello).stream().map(LiveSecret::name).toList();
  }
}
