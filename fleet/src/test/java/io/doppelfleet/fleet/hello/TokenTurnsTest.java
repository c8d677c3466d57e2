package io.doppelfleet.fleet.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Whoever makes many tokens delays his own. */
class TokenTurnsTest {
  private static final int TURN = 80;

  /** Owner {@code o}'s token number {@code n} is {@code o * 1e6 + n}. */
  private static final long STEP = 1_000_000;

  @Property(tries = 100)
  void eachComesOnceInItsOwnersOrderAndEachOwnerHasItsShareOfATurn(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 60) Integer> counts) {
    TokenTurns turns = new TokenTurns(10_000);
    for (int owner = 0; owner < counts.size(); owner++) {
      for (int i = 0; i < counts.get(owner); i++) {
        turns.add("o" + owner, owner * STEP + i);
      }
    }
    List<Long> first = turns.next(TURN).stream().boxed().toList();
    for (int owner = 0; owner < counts.size(); owner++) {
      long own = owner;
      assertThat(first.stream().filter(token -> token / STEP == own).count())
          .isGreaterThanOrEqualTo(Math.min(counts.get(owner), TURN / counts.size()));
    }
    List<Long> all = new ArrayList<>(first);
    List<Long> waiting = LongStream.of(turns.waiting()).boxed().toList();
    for (List<Long> next = first; !next.isEmpty(); all.addAll(next)) {
      next = turns.next(TURN).stream().boxed().toList();
    }
    assertThat(all.subList(first.size(), all.size())).containsExactlyInAnyOrderElementsOf(waiting);
    Map<Long, Long> last = new HashMap<>();
    for (long token : all) {
      assertThat(token % STEP).isEqualTo(last.merge(token / STEP, 0L, (was, zero) -> was + 1));
    }
    assertThat(all).hasSize(counts.stream().mapToInt(Integer::intValue).sum());
    assertThat(turns.dropped()).isZero();
  }

  @Test
  void whoMakesThousandsOfHellosDelaysHisOwn() {
    TokenTurns turns = new TokenTurns(16_384);
    for (int i = 0; i < 100_000; i++) {
      turns.add("greedy", i);
    }
    for (int owner = 1; owner <= 20; owner++) {
      turns.add("o" + owner, owner * STEP);
    }
    assertThat(turns.next(TURN).stream().filter(token -> token >= STEP)).hasSize(20);
    assertThat(turns.dropped()).isEqualTo(100_000 + 20 - 16_384);
    // What waits since then comes after what is new.
    turns.add("o1", STEP + 1);
    assertThat(turns.next(TURN).stream().boxed()).startsWith(STEP + 1).hasSize(TURN);
  }

  /** A control hears of it from each node, and has room for less than all of them tell. */
  @Test
  void soItIsAlsoWhereManyNodesAreFlooded() {
    TokenTurns control = new TokenTurns(1 << 16);
    for (int tick = 0; tick < 50; tick++) {
      for (int node = 0; node < 10; node++) {
        TokenTurns own = new TokenTurns(16_384);
        for (int i = 0; i < 500; i++) {
          own.add("greedy", tick * 10_000L + node * 1_000L + i);
        }
        own.add("alice", STEP * (node + 1) + tick);
        String name = "n" + node;
        own.next(TURN).stream().forEach(token -> control.add(name, token));
      }
      assertThat(control.next(TURN).stream().filter(token -> token >= STEP)).hasSize(10);
    }
  }

  @Test
  void whoHasLessThanHisShareLosesNothingWhereThereIsNoRoom() {
    TokenTurns turns = new TokenTurns(1_000);
    for (int i = 0; i < 5_000; i++) {
      turns.addLater("greedy", i);
    }
    for (int owner = 1; owner <= 9; owner++) {
      for (int i = 0; i < 100; i++) {
        turns.addLater("o" + owner, owner * STEP + i);
      }
    }
    List<Long> all = turns.next(2_000).stream().boxed().toList();
    assertThat(all).hasSize(1_000);
    assertThat(all.stream().filter(token -> token >= STEP)).hasSize(900);
    assertThat(turns.dropped()).isEqualTo(4_900);
  }

  /** What came in answer to a question, after an interruption, comes while hellos are made. */
  @Test
  void thoseOfBeforeHaveAQuarterOfEachTurnHoweverManyHaveJustCome() {
    TokenTurns turns = new TokenTurns(10_000);
    for (int i = 0; i < 100; i++) {
      turns.addLater("o1", STEP + i);
    }
    for (int tick = 0; tick < 10; tick++) {
      for (int i = 0; i < TURN; i++) {
        turns.add("greedy", tick * TURN + i);
      }
      assertThat(turns.next(TURN).stream()).hasSize(TURN);
    }
    assertThat(turns.next(10_000).stream().filter(token -> token >= STEP)).isEmpty();
  }

  @Test
  void theOldestIsLostWhereThereIsNoRoom() {
    TokenTurns turns = new TokenTurns(100);
    for (int i = 0; i < 250; i++) {
      turns.add("o0", i);
    }
    assertThat(turns.next(100).stream().boxed()).startsWith(150L).endsWith(249L).hasSize(100);
  }
}
