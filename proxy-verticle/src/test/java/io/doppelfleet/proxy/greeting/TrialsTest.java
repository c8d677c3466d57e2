package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.hello.KeyLanes;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is found among its group wherever it stands, in both ways of trying. */
final class TrialsTest {
  private static final String HOST = "www.google.com";
  private static final Secret REAL =
      Secret.of(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"), HOST);

  private final Trials trials = new Trials();
  private ClientHello hello;

  @BeforeEach
  void read() throws Exception {
    hello = hello();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 300, KeyLanes.LANES})
  void aSecretIsFoundWhereverItStandsAndNoneThatIsExcepted(int size) throws Exception {
    for (int place : new int[] {0, size / 2, size - 1}) {
      SecretIndex.Group group = group(size, place);
      LiveSecret real = group.secrets().get(place);
      isFoundAt(place, real, (first, except) -> trials.oneByOne(group, first, except, hello));
      isFoundAt(place, real, (first, except) -> trials.among(group, first, except, hello));
      KeyLanes lanes = group.lanes();
      assertThat(lanes != null).isEqualTo(size >= 256);
      if (lanes != null) {
        isFoundAt(
            place, real, (first, except) -> trials.sideBySide(group, lanes, first, except, hello));
      }
    }
  }

  private void isFoundAt(
      int place, LiveSecret real, BiFunction<Integer, Set<LiveSecret>, Optional<LiveSecret>> way) {
    trials.begin(hello);
    assertThat(way.apply(0, Set.of())).contains(real);
    assertThat(trials.time(hello)).isPositive();
    assertThat(way.apply(place, Set.of())).contains(real);
    assertThat(way.apply(place + 1, Set.of())).isEmpty();
    assertThat(way.apply(0, Set.of(real))).isEmpty();
  }

  @Test
  void amongManyGroupsASecretIsFoundFromItsPlaceOnAndNotBehindIt() throws Exception {
    for (int place : new int[] {511, 512, 1023, 1024, 1099}) {
      SecretIndex index = index(1_100, place);
      LiveSecret real = index.of(hello).get(place);
      Candidates candidates = new Candidates(hello, index, Set.of());
      for (int turn = 0; turn < 70; turn++) { // in both ways, by turns
        trials.begin(hello);
        assertThat(candidates.amongRest(trials, 0)).contains(real);
        assertThat(candidates.amongRest(trials, place)).contains(real);
        assertThat(candidates.amongRest(trials, place + 1)).isEmpty();
        assertThat(candidates.amongRest(trials, candidates.after(real))).isEmpty();
      }
      int group = place / KeyLanes.LANES;
      assertThat(candidates.after(real)).isEqualTo(group < 2 ? (group + 1) * 512 : place + 1);
    }
  }

  private static SecretIndex.Group group(int size, int place) throws Exception {
    return index(size, place).groups(hello()).getFirst();
  }

  private static SecretIndex index(int size, int place) {
    SplittableRandom random = new SplittableRandom(size);
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      secrets.add(new NamedSecret("s" + (10_000 + i), i == place ? REAL : Secret.of(key, HOST)));
    }
    return SecretIndex.of(new FleetState(1, secrets), Instant.EPOCH, null);
  }

  private static ClientHello hello() throws Exception {
    try (var in = TrialsTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }
}
