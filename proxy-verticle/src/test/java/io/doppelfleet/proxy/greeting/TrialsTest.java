package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.hello.KeyLanes;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is found among its group wherever it stands, in both ways of trying. */
final class TrialsTest {
  /** In so many both ways have had their turns. */
  private static final int TURNS = 200;

  private static final String HOST = "www.google.com";
  private static final Secret REAL =
      Secret.of(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"), HOST);

  private final Trials trials = new Trials();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 300, KeyLanes.LANES})
  void aSecretIsFoundWhereverItStandsAndNoneThatIsExcepted(int size) throws Exception {
    ClientHello hello = hello();
    for (int place : new int[] {0, size / 2, size - 1}) {
      SecretIndex.Group group = group(size, place);
      LiveSecret real = group.secrets().get(place);
      for (int turn = 0; turn < TURNS; turn++) {
        trials.begin(hello);
        assertThat(trials.among(group, 0, Set.of(), hello)).contains(real);
        assertThat(trials.time(hello)).isPositive();
        assertThat(trials.among(group, place, Set.of(), hello)).contains(real);
        assertThat(trials.among(group, place + 1, Set.of(), hello)).isEmpty();
        assertThat(trials.among(group, 0, Set.of(real), hello)).isEmpty();
      }
    }
  }

  private static SecretIndex.Group group(int size, int place) throws Exception {
    SplittableRandom random = new SplittableRandom(size);
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      secrets.add(new NamedSecret("s" + i, i == place ? REAL : Secret.of(key, HOST)));
    }
    SecretIndex index = new SecretIndex(new FleetState(1, secrets), Map.of());
    List<SecretIndex.Group> groups = index.groups(hello());
    assertThat(groups).hasSize(1);
    return groups.getFirst();
  }

  private static ClientHello hello() throws Exception {
    try (var in = TrialsTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }
}
