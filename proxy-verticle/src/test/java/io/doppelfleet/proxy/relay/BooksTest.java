package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BooksTest {
  private static final Instant END = Instant.parse("2031-01-01T00:00:00Z");

  private static KeyGeneration key(int generation, int of) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    key[0] = (byte) of;
    key[1] = (byte) (of >> 8);
    Secret secret = Secret.of(key, "cover.example");
    return new KeyGeneration(generation, secret, Instant.EPOCH, generation == 1 ? END : null);
  }

  private static FleetSecret secret(String name, KeyGeneration... keys) {
    return new FleetSecret(name, List.of(keys), Limits.NONE, Set.of());
  }

  @Test
  void whoUsesAnOldKeyIsCountedOfSecretsThatHaveANewerOne() {
    KeyGeneration first = key(1, 1);
    KeyGeneration second = key(2, 2);
    KeyGeneration only = key(1, 3);
    Books books = new Books();
    Account old = books.open(new NamedSecret("alice", first.secret()));
    old.began();
    old.began();
    books.open(new NamedSecret("alice", second.secret())).began();
    books.open(new NamedSecret("bob", only.secret())).began();
    FleetState state =
        FleetState.of(
            1,
            List.of(
                secret("alice", first, second),
                secret("bob", only),
                secret("carol", key(1, 4), key(2, 5))));
    assertThat(books.byOldKeys(state)).isEqualTo(Map.of("alice", 2));
    old.ended();
    assertThat(books.byOldKeys(state)).isEqualTo(Map.of("alice", 1));
    old.ended();
    assertThat(books.byOldKeys(state)).isEmpty();
  }

  @Test
  void whatAQuestionHasNoRoomForIsCountedAndIsInTheNext() {
    Books books = new Books(() -> 0);
    Limits slow = new Limits(null, null, Map.of(), 1L << 20, null);
    List<Entity> secrets = new ArrayList<>();
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < LimitQuestion.MOST + 2; i++) {
      KeyGeneration key = key(2, i);
      secrets.add(new FleetSecret("s" + i, List.of(key), slow, Set.of()));
      accounts.add(books.open(new NamedSecret("s" + i, key.secret())));
    }
    books.limit(FleetState.of(1, secrets));
    accounts.forEach(each -> each.passed(true, 1_000));
    assertThat(books.next()).hasSize(LimitQuestion.MOST);
    assertThat(books.deferred()).isEqualTo(2);
    books.unanswered();
    assertThat(books.next()).hasSize(2);
    assertThat(books.deferred()).isEqualTo(2);
  }
}
