package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.StateDiff;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever operators do, in whatever order, restoring included. */
class RestorationTest {
  /** One thing that an operator does. */
  sealed interface Act {
    record Rotate(String secret) implements Act {}

    record EndOldKeys(String secret) implements Act {}

    record Revoke(String secret) implements Act {}

    record Limit(String secret, int connections) implements Act {}

    record Restore(int revision) implements Act {}
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    Arbitrary<String> secrets = Arbitraries.of("alice", "bob", "carol");
    return Arbitraries.oneOf(
            secrets.<Act>map(Act.Rotate::new),
            secrets.<Act>map(Act.EndOldKeys::new),
            secrets.<Act>map(Act.Revoke::new),
            Combinators.combine(secrets, Arbitraries.integers().between(1, 9))
                .<Act>as(Act.Limit::new),
            Arbitraries.integers().between(0, 1000).<Act>map(Act.Restore::new))
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 500)
  void noKeyComesBackAndNoGenerationIsLowered(@ForAll("acts") List<Act> acts) {
    Set<Secret> gone = new HashSet<>();
    Map<String, Integer> newest = new HashMap<>();
    Fleet fleet = new Fleet();
    for (Act act : acts) {
      FleetState before = fleet.present();
      fleet.take(act);
      Set<Secret> keys = keys(fleet.present());
      assertThat(Collections.disjoint(keys, gone)).isTrue();
      gone.addAll(keys(before));
      gone.removeAll(keys);
      for (FleetSecret secret : fleet.present().secrets()) {
        int generation = secret.newest().generation();
        assertThat(generation).isGreaterThanOrEqualTo(newest.getOrDefault(secret.name(), 0));
        newest.put(secret.name(), generation);
      }
    }
  }

  @Property(tries = 500)
  void allButTheKeysIsAsItWas(@ForAll("acts") List<Act> acts, @ForAll int revision) {
    Fleet fleet = new Fleet();
    acts.forEach(fleet::take);
    FleetState past = fleet.history.get(Math.floorMod(revision, fleet.history.size()));
    FleetState restored = fleet.restored(past);
    assertThat(restored.revision()).isEqualTo(fleet.present().revision() + 1);
    assertThat(restored.secrets())
        .extracting(FleetSecret::name, FleetSecret::host, FleetSecret::limits)
        .isEqualTo(
            past.secrets().stream()
                .map(each -> tuple(each.name(), each.host(), each.limits()))
                .toList());
  }

  @Property(tries = 200)
  void everyKeyOfThePastIsRefusedWhereItIsGone(@ForAll("acts") List<Act> acts) {
    Fleet fleet = new Fleet();
    acts.forEach(fleet::take);
    FleetState present = fleet.present();
    Set<Secret> still = keys(present);
    for (FleetState past : fleet.history) {
      for (FleetSecret secret : past.secrets()) {
        if (!still.containsAll(secret.keys().stream().map(KeyGeneration::secret).toList())) {
          FleetState revived = present.with(secret).at(present.revision() + 1);
          assertThatExceptionOfType(InvalidValueException.class)
              .isThrownBy(
                  () ->
                      Succession.newKeys(StateDiff.between(present, revived), fleet.highest, NOON));
        }
      }
    }
  }

  /** A fleet and what has become of it: each try has its own. */
  private static final class Fleet {
    final List<FleetState> history = new ArrayList<>(List.of(FleetState.of(1, List.of())));
    final Map<String, Integer> highest = new HashMap<>();
    private final Random random = new Random(1);

    FleetState present() {
      return history.getLast();
    }

    void take(Act act) {
      FleetState next = next(present(), act);
      for (Succession.NewKey key :
          Succession.newKeys(StateDiff.between(present(), next), highest, NOON)) {
        highest.merge(key.secret(), key.key().generation(), Math::max);
      }
      history.add(next.at(present().revision() + 1));
    }

    FleetState restored(FleetState past) {
      return new Restoration(present(), highest, random).of(past);
    }

    private FleetState next(FleetState state, Act act) {
      return switch (act) {
        case Act.Rotate(String name) -> {
          List<KeyGeneration> keys = new ArrayList<>(of(state, name));
          if (keys.size() == 3) {
            keys.removeFirst();
          }
          byte[] key = new byte[Secret.KEY_LENGTH];
          random.nextBytes(key);
          keys.add(
              new KeyGeneration(
                  highest.getOrDefault(name, 0) + 1, Secret.of(key, Examples.HOST), NOON, null));
          yield state.with(new FleetSecret(name, keys, Limits.NONE, Set.of()));
        }
        case Act.EndOldKeys(String name) ->
            of(state, name).isEmpty()
                ? state
                : state.with(Examples.secret(name, of(state, name).getLast()));
        case Act.Revoke(String name) -> state.without(Entity.Kind.SECRET, name);
        case Act.Limit(String name, int connections) ->
            of(state, name).isEmpty()
                ? state
                : state.with(
                    new FleetSecret(
                        name,
                        of(state, name),
                        new Limits(connections, null, Map.of(), null, null),
                        Set.of()));
        case Act.Restore(int revision) -> restored(history.get(revision % history.size()));
      };
    }
  }

  private static List<KeyGeneration> of(FleetState state, String name) {
    return state.secrets().stream()
        .filter(secret -> secret.name().equals(name))
        .flatMap(secret -> secret.keys().stream())
        .toList();
  }

  private static Set<Secret> keys(FleetState state) {
    Set<Secret> all = new HashSet<>();
    state.secrets().forEach(secret -> secret.keys().forEach(key -> all.add(key.secret())));
    return all;
  }
}
