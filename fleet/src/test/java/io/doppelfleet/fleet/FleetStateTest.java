package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetStateTest {
  @Test
  void laterChangesOfTheListDoNotReachIt() {
    List<NamedSecret> secrets = new ArrayList<>(List.of(secret("alice", 1)));
    FleetState state = new FleetState(1, secrets);
    secrets.clear();
    assertThat(state.secrets()).extracting(FleetSecret::name).containsExactly("alice");
  }

  @Test
  void refusesTwoSecretsOfOneName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FleetState(1, List.of(secret("alice", 1), secret("alice", 2))))
        .withMessage("secrets.alice is there twice: once would be right");
  }

  @Test
  void refusesOneKeyUnderTwoNamesEvenWithAnotherHost() {
    NamedSecret other = new NamedSecret("bob", Secret.of(key(1), "other.example.org"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FleetState(1, List.of(secret("alice", 1), other)))
        .withMessage(
            "secrets.bob.keys has the same key as \"alice\": a key of its own would be right");
  }

  /** Wherever it lies among others, and whatever lies in its way. */
  @Test
  void ofAThousandKeysEachIsFoundASecondTime() {
    Random random = new Random(1);
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      secrets.add(new NamedSecret("s" + i, Secret.of(key, "example.org")));
    }
    assertThat(new FleetState(1, secrets).secrets()).hasSize(1_000);
    for (int i = 0; i < 1_000; i += 3) {
      secrets.add(new NamedSecret("again", secrets.get(i).secret()));
      assertThatIllegalArgumentException()
          .as("key %d", i)
          .isThrownBy(() -> new FleetState(1, secrets));
      secrets.removeLast();
    }
  }

  @Test
  void revisionsBeginWithOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FleetState(0, List.of()));
  }

  @Test
  void aLoneNodesSecretsAreValidForEverAndHaveNoLimits() {
    FleetSecret alice = new FleetState(1, List.of(secret("alice", 1))).secrets().getFirst();
    assertThat(alice.keys())
        .containsExactly(
            new KeyGeneration(1, Secret.of(key(1), "example.org"), Instant.EPOCH, null));
    assertThat(alice.limits()).isEqualTo(Limits.NONE);
    assertThat(alice.labels()).isEmpty();
    assertThat(alice.host()).isEqualTo("example.org");
  }

  @Test
  void moreSecretsBansOrListsThanNodesCanHoldAreRefused() {
    Ban ban = new Ban(Prefix.parse("192.0.2.1"), "probes", "carol", null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FleetState.of(1, Collections.nCopies(20_001, ban)))
        .withMessage("bans' count is 20001: 0 to 20000 would be right");
    FleetSecret alice = new FleetState(1, List.of(secret("alice", 1))).secrets().getFirst();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FleetState.of(1, Collections.nCopies(100_001, alice)))
        .withMessage("secrets' count is 100001: 0 to 100000 would be right");
    List<Prefix> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add(Prefix.parse("198.18." + (i >> 8) + "." + (i & 0xff)));
    }
    PrefixList list = new PrefixList("clouds", PrefixList.Use.REFUSE, many);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FleetState.of(1, Collections.nCopies(101, list)))
        .withMessage("lists' count is 101: 0 to 100 would be right");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FleetState.of(1, Collections.nCopies(21, list)))
        .withMessage("lists' prefixes' count is 210000: 0 to 200000 would be right");
  }

  @Test
  void itsNextChangeIsTheFirstBeginningOrEndOfAnything() {
    Instant noon = Instant.parse("2026-11-28T12:00:00Z");
    KeyGeneration key =
        new KeyGeneration(
            1, Secret.of(key(1), "example.org"), noon.plusSeconds(1), noon.plusSeconds(2));
    Limits expiring = new Limits(null, null, Map.of(), null, noon.plusSeconds(3));
    FleetState state =
        FleetState.of(
            1,
            List.of(
                new FleetSecret("alice", List.of(key), Limits.NONE, Set.of()),
                new Ban(Prefix.parse("192.0.2.1"), "probes", "carol", noon.plusSeconds(4)),
                new Settings(expiring, Duration.ZERO)));
    for (int second = 0; second < 4; second++) {
      assertThat(state.nextChange(noon.plusSeconds(second))).contains(noon.plusSeconds(second + 1));
    }
    assertThat(state.nextChange(noon.plusSeconds(4))).isEmpty();
    assertThat(new FleetState(1, List.of(secret("alice", 1))).nextChange(noon)).isEmpty();
    assertThat(state.nextKeyEnd(noon)).contains(noon.plusSeconds(2));
    assertThat(state.nextKeyEnd(noon.plusSeconds(2))).isEmpty();
  }

  @Property(tries = 200)
  void aPartThatIsAddedAndTakenAwayAgainLeavesTheStateAsItWas(@ForAll("states") FleetState state) {
    Ban ban = new Ban(Prefix.parse("203.0.113.7"), "a test", "carol", null);
    FleetState before = state.without(Entity.Kind.BAN, ban.id());
    FleetState with = before.with(ban);
    assertThat(with.bans()).hasSize(before.bans().size() + 1).contains(ban);
    assertThat(with.with(ban)).isEqualTo(with);
    assertThat(with.without(Entity.Kind.BAN, ban.id())).isEqualTo(before);
  }

  @Property(tries = 200)
  void whatChangesOneStateIntoAnotherIsAllThatTheyDifferIn(
      @ForAll("states") FleetState from, @ForAll("states") FleetState to) {
    FleetState changed = from;
    StateDiff diff = StateDiff.between(from, to);
    // Removals first: a new secret may have an old one's key.
    for (StateDiff.Change change : diff.changes()) {
      changed = changed.without(change.kind(), change.id());
    }
    for (StateDiff.Change change : diff.changes()) {
      changed = change.after() == null ? changed : changed.with(change.after());
    }
    assertThat(changed.at(to.revision())).isEqualTo(to);
    assertThat(StateDiff.between(to, to).isEmpty()).isTrue();
    assertThat(StateDiff.between(to, from).changes())
        .containsExactlyElementsOf(
            diff.changes().stream()
                .map(
                    each ->
                        new StateDiff.Change(
                            each.kind(),
                            each.id(),
                            /* before= */ each.after(),
                            /* after= */ each.before()))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u2028b", "\ud83d", "\ude00 and more"})
  void refusesReasonsThatAreNoLineOfText(String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ban(Prefix.parse("203.0.113.7"), reason, "carol", null))
        .withMessageStartingWith("reason is ");
    assertThat(new Ban(Prefix.parse("203.0.113.7"), "\ud83d\ude00", "carol", null).reason())
        .hasSize(2);
  }

  @Provide
  Arbitrary<FleetState> states() {
    return States.any();
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
