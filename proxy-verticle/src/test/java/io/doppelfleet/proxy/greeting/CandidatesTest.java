package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which secrets a hello is compared with. */
final class CandidatesTest {
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  private final Trials trials = new Trials();
  private ClientHello hello;

  @BeforeEach
  void read() throws Exception {
    try (var in =
        CandidatesTest.class.getResourceAsStream("/clienthello/mtcute-clienthello-1.bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      hello = ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
    trials.begin(hello);
  }

  @Test
  void aRecentSecretIsTriedOnce() {
    SecretIndex index = index("www.google.com");
    LiveSecret real = secret(index, "real");
    Candidates recent = new Candidates(hello, index, Set.of(real));
    assertThat(recent.amongRecent(trials)).contains(real);
    assertThat(recent.amongRest(trials, 0)).isEmpty();
    Candidates notRecent = new Candidates(hello, index, Set.of(secret(index, "first")));
    assertThat(notRecent.amongRecent(trials)).isEmpty();
    assertThat(notRecent.amongRest(trials, 0)).contains(real);
  }

  @Test
  void aRecentSecretOfAnotherHostNameIsNone() {
    SecretIndex index = index("other.example");
    Candidates candidates = new Candidates(hello, index, Set.of(secret(index, "real")));
    assertThat(candidates.amongRecent(trials)).isEmpty();
  }

  @Test
  void aRecentSecretOfAnotherStateIsNone() {
    LiveSecret gone = secret(index("www.google.com"), "real");
    Candidates candidates = new Candidates(hello, index("www.google.com"), Set.of(gone));
    assertThat(candidates.amongRecent(trials)).isEmpty();
  }

  @Test
  void behindTheOneThatWasFoundAreTheOthers() {
    SecretIndex index = index("www.google.com");
    LiveSecret real = secret(index, "real");
    Candidates candidates = new Candidates(hello, index, Set.of());
    assertThat(candidates.after(real)).isEqualTo(2);
    assertThat(candidates.amongRest(trials, candidates.after(real))).isEmpty();
    assertThat(new Candidates(hello, index, Set.of(real)).after(real)).isZero();
  }

  private static SecretIndex index(String hostOfReal) {
    return SecretIndex.of(
        new FleetState(
            1,
            List.of(
                new NamedSecret("first", Secret.of(new byte[16], "www.google.com")),
                new NamedSecret("real", Secret.of(KEY, hostOfReal)))),
        Instant.EPOCH,
        null);
  }

  private static LiveSecret secret(SecretIndex index, String name) {
    return Objects.requireNonNull(index.byName().get(name)).getFirst();
  }
}
