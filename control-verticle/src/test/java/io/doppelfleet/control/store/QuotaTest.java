package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Limits.Period;
import io.doppelfleet.fleet.TrafficReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/** What nodes are granted, as a store would do it, with its messages in any order. */
class QuotaTest {
  private static final int NODES = 3;

  enum Kind {
    MOVE,
    ASK,
    /** The control's answer doesn't come. */
    ASK_UNHEARD,
    /** What comes later, when nobody waits for its answer any more. */
    SAY_LATE,
    HEAR_LATE,
    GIVE_BACK
  }

  record Step(Kind kind, int node, long bytes) {}

  private record Said(int node, long moved, long held, long sequence) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, NODES - 1),
            Arbitraries.longs().between(1, 40L << 20))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  /** The nodes and the store's rows of them. */
  private static final class Fleet {
    private final long limit;
    private final long[] moved = new long[NODES];
    private final long[] end = new long[NODES];
    private final long[] sequence = new long[NODES];
    private final @Nullable CounterRow[] rows = new CounterRow[NODES];
    private final List<Said> late = new ArrayList<>();

    Fleet(long limit) {
      this.limit = limit;
    }

    void step(Step step) {
      int node = step.node;
      switch (step.kind) {
        case MOVE -> moved[node] += Math.min(step.bytes, end[node] - moved[node]);
        case ASK -> end[node] = moved[node] + hear(say(node), true);
        case ASK_UNHEARD -> hear(say(node), true);
        case SAY_LATE -> late.add(say(node));
        case HEAR_LATE -> {
          if (!late.isEmpty()) {
            hear(late.get((int) (step.bytes % late.size())), true);
          }
        }
        case GIVE_BACK -> {
          end[node] = moved[node] + (end[node] - moved[node]) / 2;
          hear(say(node), false);
        }
      }
    }

    private Said say(int node) {
      return new Said(node, moved[node], end[node] - moved[node], ++sequence[node]);
    }

    /** What is granted; where nothing is, what it held. */
    private long hear(Said said, boolean asks) {
      CounterRow old = rows[said.node];
      TrafficReport.Count count = new TrafficReport.Count("alice", 1, said.moved, 0, 0, 0);
      CounterRow now = CounterRow.after(old, count, said.held, said.sequence);
      long granted = said.held;
      if (asks && (old == null || said.sequence > old.sequence())) {
        long used = now.moved().bytes();
        long heldElsewhere = 0;
        for (int i = 0; i < NODES; i++) {
          CounterRow row = rows[i];
          if (i != said.node && row != null) {
            used += row.moved().bytes();
            heldElsewhere += row.held();
          }
        }
        granted =
            Quota.grant(
                Map.of(Period.TOTAL, limit), Map.of(Period.TOTAL, used), heldElsewhere, NODES);
        now = now.holding(granted);
      }
      rows[said.node] = now;
      return granted;
    }

    long moved() {
      long sum = 0;
      for (long each : moved) {
        sum += each;
      }
      return sum;
    }
  }

  @Property(tries = 3000)
  void togetherNodesNeverMoveMoreThanTheLimit(
      @ForAll("steps") List<Step> steps, @ForAll @LongRange(min = 1, max = 200L << 20) long limit) {
    Fleet fleet = new Fleet(limit);
    for (Step step : steps) {
      fleet.step(step);
      assertThat(fleet.moved()).isLessThanOrEqualTo(limit);
    }
  }

  @Property(tries = 200)
  void oneThatIsAloneMovesAllOfIt(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 1, max = 200 << 20) int limit) {
    Fleet fleet = new Fleet(limit);
    steps.forEach(fleet::step);
    for (int node = 0; node < NODES; node++) {
      fleet.end[node] = fleet.moved[node];
      fleet.hear(fleet.say(node), false);
    }
    for (int i = 0; i < 300; i++) {
      fleet.step(new Step(Kind.ASK, 0, 1));
      fleet.step(new Step(Kind.MOVE, 0, Long.MAX_VALUE));
    }
    assertThat(fleet.moved()).isEqualTo(limit);
  }
}
