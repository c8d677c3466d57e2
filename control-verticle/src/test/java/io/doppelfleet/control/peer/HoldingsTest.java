package io.doppelfleet.control.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.LimitQuestion.Connections;
import io.doppelfleet.fleet.LimitQuestion.Rate;
import io.doppelfleet.fleet.LimitQuestion.Use;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What others are told of what nodes hold, however much and often these ask. */
final class HoldingsTest {
  private final Holdings holdings = new Holdings();
  private final Sender paris = new Sender("paris", 1);

  private List<LimitQuestion> next() {
    return holdings.next().stream()
        .map(each -> (LimitQuestion) MessageJson.read(each.text().getBytes(UTF_8)))
        .toList();
  }

  private List<LimitQuestion> all() {
    List<LimitQuestion> all = new ArrayList<>();
    while (!holdings.isEmpty()) {
      List<LimitQuestion> now = next();
      assertThat(now).isNotEmpty();
      all.addAll(now);
    }
    return all;
  }

  private static Use seats(String secret, int held) {
    return new Use(secret, new Connections(0, 0, held), null, null);
  }

  private static Use places(String secret, int generation, Integer... seen) {
    return new Use(secret, null, new Addresses(generation, List.of(), List.of(seen)), null);
  }

  private void add(Stamp stamp, Use... uses) {
    holdings.add(new LimitQuestion(stamp, List.of(uses)));
  }

  @Test
  void whatANodeHoldsIsToldOnceAsItSaidItLastAndAfterThatNoMore() {
    add(paris.next(), seats("alice", 1), seats("bob", 2));
    Stamp early = paris.next();
    Stamp last = paris.next();
    add(last, seats("alice", 3));
    add(early, seats("alice", 4), seats("carol", 5)); // which was granted on another thread
    add(new Sender("oslo", 1).next(), seats("alice", 6));
    List<LimitQuestion> told = next();
    assertThat(told).hasSize(2);
    assertThat(told.getFirst().stamp()).isEqualTo(last);
    assertThat(told.getFirst().uses())
        .containsExactlyInAnyOrder(seats("alice", 3), seats("bob", 2), seats("carol", 5));
    assertThat(told.getLast().uses()).containsExactly(seats("alice", 6));
    assertThat(holdings.isEmpty()).isTrue();
    assertThat(next()).isEmpty();
    assertThat(holdings.dropped()).isZero();
  }

  /** A node tells of an address once. */
  @Test
  void addressesThatWaitAreToldTogetherButThoseOfAnotherKey() {
    add(paris.next(), places("alice", 1, 1, 2), places("bob", 1, 3));
    add(paris.next(), places("alice", 1, 2, 4), places("bob", 2, 5));
    Use speed = new Use("alice", null, null, new Rate(7, 7));
    add(paris.next(), speed);
    assertThat(next().getFirst().uses())
        .containsExactly(
            new Use("alice", null, new Addresses(1, List.of(), List.of(2, 4, 1)), new Rate(7, 7)),
            places("bob", 2, 5));
  }

  @Test
  void aNodeThatAsksWithoutEndHasItsPartOfTheRoomAndOthersHaveTheirs() {
    Integer[] tokens = IntStream.range(0, 1_000).boxed().toArray(Integer[]::new);
    for (int i = 0; i < 3_000; i++) {
      add(paris.next(), places("secret-" + i % 1_500, 1, tokens));
    }
    assertThat(holdings.dropped()).isPositive();
    long dropped = holdings.dropped();
    add(new Sender("oslo", 1).next(), seats("alice", 6));
    assertThat(holdings.dropped()).isEqualTo(dropped);
    List<LimitQuestion> told = all();
    assertThat(told).anyMatch(each -> each.uses().equals(List.of(seats("alice", 6))));
    assertThat(told.stream().flatMap(each -> each.uses().stream()).mapToInt(Use::tokens).sum())
        .isBetween(Holdings.MOST_OF_NODE / 100, Holdings.MOST_OF_NODE / 20);
    add(paris.next(), places("alice", 1, 1));
    assertThat(holdings.dropped()).isEqualTo(dropped);
  }

  /** For as long as it does, others would learn nothing of anybody else. */
  @Test
  void whatIsLeftOfANodeThatAsksWithoutEndGoesAfterWhatOthersHold() {
    Integer[] tokens = IntStream.range(0, 1_000).boxed().toArray(Integer[]::new);
    Use[] much =
        IntStream.range(0, 20).mapToObj(i -> places("s" + i, 1, tokens)).toArray(Use[]::new);
    add(paris.next(), much);
    add(new Sender("oslo", 1).next(), seats("alice", 6));
    List<LimitQuestion> told = next();
    assertThat(told).extracting(each -> each.stamp().sender()).containsExactly("paris");
    add(paris.next(), much);
    told = next();
    assertThat(told).extracting(each -> each.stamp().sender()).containsExactly("oslo", "paris");
    assertThat(told.getFirst().uses()).containsExactly(seats("alice", 6));
    assertThat(holdings.isEmpty()).isFalse();
  }

  @Test
  void manyNodesHaveNotMoreThanThereIsRoomForInAll() {
    Use[] uses = IntStream.range(0, 1_000).mapToObj(i -> seats("s" + i, i)).toArray(Use[]::new);
    int nodes = 100;
    for (int i = 0; i < nodes; i++) {
      add(new Sender("node-" + i, 1).next(), uses);
    }
    assertThat(holdings.dropped()).isBetween(nodes / 2L, nodes - 1L);
    assertThat(all().stream().mapToInt(each -> each.uses().size()).sum())
        .isBetween(Holdings.MOST_BYTES / 1_000, Holdings.MOST_BYTES / 100);
  }

  @Test
  void ofWhatANodeHoldsALetterTakesAPartAndTheNextTheRest() {
    Use[] uses = IntStream.range(0, 1_000).mapToObj(i -> seats("s" + i, i)).toArray(Use[]::new);
    add(paris.next(), uses);
    int first = next().getFirst().uses().size();
    assertThat(first).isBetween(500, 999);
    assertThat(next().getFirst().uses()).hasSize(1_000 - first);
    assertThat(holdings.isEmpty()).isTrue();
  }
}
