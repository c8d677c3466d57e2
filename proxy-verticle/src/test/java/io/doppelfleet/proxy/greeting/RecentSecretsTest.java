package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which secrets were used last. */
final class RecentSecretsTest {
  private final RecentSecrets recent = new RecentSecrets();
  private final List<LiveSecret> secrets =
      IntStream.rangeClosed(0, RecentSecrets.BOUND).mapToObj(RecentSecretsTest::secret).toList();

  @Test
  void atTheBoundTheOneThatWasNotUsedForLongestGivesWay() {
    secrets.subList(0, RecentSecrets.BOUND).forEach(recent::used);
    assertThat(recent.all()).hasSize(RecentSecrets.BOUND);
    recent.used(secrets.getFirst());
    recent.used(secrets.getLast());
    assertThat(recent.all())
        .hasSize(RecentSecrets.BOUND)
        .contains(secrets.getFirst(), secrets.getLast())
        .doesNotContain(secrets.get(1));
  }

  @Test
  void whatWasTakenStaysAsItIs() {
    recent.used(secrets.get(0));
    var before = recent.all();
    recent.used(secrets.get(1));
    assertThat(before).containsExactly(secrets.get(0));
    assertThat(recent.all()).containsExactlyInAnyOrder(secrets.get(0), secrets.get(1));
  }

  @Test
  void thoseOfNoStateMakeRoom() {
    secrets.subList(0, 3).forEach(recent::used);
    recent.keep(secrets.get(1)::equals);
    assertThat(recent.all()).containsExactly(secrets.get(1));
  }

  private static LiveSecret secret(int number) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) number;
    key[1] = (byte) (number >> 8);
    return new LiveSecret(new NamedSecret("user" + number, Secret.of(key, "cover.example")));
  }
}
