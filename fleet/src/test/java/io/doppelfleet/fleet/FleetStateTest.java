package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetStateTest {
  @Test
  void laterChangesOfTheListDoNotReachIt() {
    List<NamedSecret> secrets = new ArrayList<>(List.of(secret("alice", 1)));
    FleetState state = new FleetState(1, secrets);
    secrets.clear();
    assertThat(state.secrets()).containsExactly(secret("alice", 1));
  }

  @Test
  void refusesTwoSecretsOfOneName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FleetState(1, List.of(secret("alice", 1), secret("alice", 2))))
        .withMessage("two secrets are named \"alice\"");
  }

  @Test
  void refusesOneKeyUnderTwoNamesEvenWithAnotherHost() {
    NamedSecret other = new NamedSecret("bob", Secret.of(key(1), "other.example.org"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FleetState(1, List.of(secret("alice", 1), other)))
        .withMessage("the secret \"bob\" has the same key as \"alice\"");
  }

  @Test
  void revisionsBeginWithOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FleetState(0, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "0", "Alice.2_b-c"})
  void takesNamesThatMetricsAndFilesTake(String name) {
    assertThat(new NamedSecret(name, Secret.of(key(1), "example.org")).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "a b", "a/b", "é"})
  void refusesOtherNames(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamedSecret(name, Secret.of(key(1), "example.org")))
        .withMessageContaining("is no name for a secret: 1 to 64 of a-z A-Z 0-9 . _ -");
  }

  @Test
  void aNameHas64CharactersAtMost() {
    Secret secret = Secret.of(key(1), "example.org");
    assertThat(new NamedSecret("a".repeat(64), secret).name()).hasSize(64);
    assertThatIllegalArgumentException().isThrownBy(() -> new NamedSecret("a".repeat(65), secret));
  }

  private static NamedSecret secret(String name, int fill) {
    return new NamedSecret(name, Secret.of(key(fill), "example.org"));
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}
