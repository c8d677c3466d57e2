package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.TrafficReceipt;
import io.doppelfleet.fleet.TrafficReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Of a secret's limited bytes no two nodes get the same, whichever control they ask. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(180)
final class GrantTest extends OnEachEngine {
  private static final long MIB = 1 << 20;
  private static final Instant FAR = Instant.parse("9999-12-31T23:59:59Z");

  GrantTest(Engine engine) {
    super(engine);
  }

  /** A node that moves no more than it holds; it begins with nothing. */
  private static final class Node {
    private final String name;
    private final String secret;
    private long epoch;
    private long sequence;
    private long moved;
    private long end;

    /** What was moved in starts of which nobody was told. */
    private long untold;

    private long told;

    Node(Store store, String name, String secret) throws StoreException {
      this.name = name;
      this.secret = secret;
      start(store);
    }

    void start(Store store) throws StoreException {
      untold += moved - told;
      epoch = store.traffic().newEpoch(name);
      sequence = 0;
      moved = 0;
      end = 0;
      told = 0;
    }

    void move(long bytes) {
      moved += Math.min(bytes, end - moved);
    }

    TrafficReport report(boolean asks) {
      return new TrafficReport(
          new Stamp(name, epoch, ++sequence),
          List.of(new TrafficReport.Count(secret, 1, moved, 0, 1, 1)),
          List.of(new TrafficReport.Budget(secret, end - moved, asks)));
    }

    /** Tells a control, and hears it or not. */
    void tell(Store control, long limit, boolean asks, boolean hears) throws StoreException {
      long at = moved;
      Optional<List<TrafficReceipt.Grant>> grants =
          control.traffic().add(report(asks), Map.of(secret, Map.of(Limits.Period.TOTAL, limit)));
      told = at;
      if (hears) {
        grants.orElseThrow().forEach(grant -> end = at + grant.bytes());
      }
    }
  }

  private long total(String secret) throws StoreException {
    return store.traffic().totals(List.of(secret)).stream()
        .mapToLong(each -> each.moved().up())
        .sum();
  }

  @Test
  void neverIsMoreMovedThanTheLimitWhateverIsLostOrLateOrRestarted() throws Exception {
    try (Store other = other()) {
      for (int round = 0; round < 15; round++) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String secret = "s" + round;
        // Most are used up in the midst of the steps; what is left then is asked for by the MiB.
        long limit = (1 + random.nextInt(120)) * MIB / 3;
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          nodes.add(new Node(store, secret + "-n" + i, secret));
        }
        List<TrafficReport> late = new ArrayList<>();
        for (int step = 0; step < 120; step++) {
          Node node = nodes.get(random.nextInt(nodes.size()));
          Store control = random.nextBoolean() ? store : other;
          switch (random.nextInt(8)) {
            case 0, 1, 2 -> node.move((long) (random.nextDouble() * 12 * MIB));
            case 3, 4 -> node.tell(control, limit, true, random.nextInt(4) > 0);
            case 5 -> late.add(node.report(true)); // nobody waits for its receipt
            case 6 -> {
              if (!late.isEmpty()) {
                control
                    .traffic()
                    .add(
                        late.get(random.nextInt(late.size())),
                        Map.of(secret, Map.of(Limits.Period.TOTAL, limit)));
              }
            }
            default -> {
              if (random.nextInt(6) == 0) {
                node.start(control);
              } else { // gives back
                node.end = node.moved + (node.end - node.moved) / 4;
                node.tell(control, limit, false, true);
              }
            }
          }
        }
        long untold = 0;
        for (Node node : nodes) {
          node.tell(store, limit, false, true);
          untold += node.untold;
        }
        // What a start left untold may still come, late, and was free to be granted meanwhile.
        assertThat(total(secret)).as("seed %d", seed).isLessThanOrEqualTo(limit + untold);
        assertThat(total(secret) + untold).as("seed %d", seed).isGreaterThan(0);

        // Once the others have given back what they hold, one can move all that is left.
        for (Node node : nodes) {
          node.end = node.moved;
          node.tell(store, limit, false, true);
        }
        Node last = nodes.getFirst();
        for (int i = 0; i < 400 && total(secret) < limit; i++) {
          last.tell(store, limit, true, true);
          last.move(Long.MAX_VALUE / 2);
          last.tell(store, limit, false, true);
        }
        assertThat(total(secret))
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(limit)
            .isLessThanOrEqualTo(limit + untold);
      }
    }
  }

  @Test
  void twoControlsThatAreAskedAtOnceGrantNoByteTwice() throws Exception {
    try (Store other = other()) {
      for (int round = 0; round < 20; round++) {
        String secret = "s" + round;
        Node one = new Node(store, secret + "-n1", secret);
        Node two = new Node(store, secret + "-n2", secret);
        for (int i = 0; i < 3; i++) {
          together(asking(one, store), asking(two, other));
        }
        assertThat(one.end + two.end).isEqualTo(MIB);
      }
    }
  }

  /** Of the least that is granted: who comes first gets all of it. */
  private static Callable<Boolean> asking(Node node, Store control) {
    return () -> {
      node.tell(control, MIB, true, true);
      return true;
    };
  }

  @Test
  void aNewDayBringsNewBytesAndTheLeastOfAllPeriodsCounts() throws Exception {
    assertThat(
            Quota.grant(
                Map.of(Limits.Period.DAY, 100 * MIB, Limits.Period.MONTH, 1000 * MIB),
                Map.of(Limits.Period.DAY, 100 * MIB, Limits.Period.MONTH, 100 * MIB),
                0,
                1))
        .isZero();
    assertThat(
            Quota.grant(
                Map.of(Limits.Period.DAY, 100 * MIB, Limits.Period.MONTH, 1000 * MIB),
                Map.of(Limits.Period.DAY, 0L, Limits.Period.MONTH, 900 * MIB),
                68 * MIB,
                8))
        .isEqualTo(2 * MIB);
    Instant saturday = Instant.parse("2026-11-28T15:00:00Z");
    assertThat(begins(Limits.Period.DAY, saturday)).isEqualTo("2026-11-28T00:00:00Z");
    assertThat(begins(Limits.Period.WEEK, saturday)).isEqualTo("2026-11-23T00:00:00Z");
    assertThat(begins(Limits.Period.MONTH, saturday)).isEqualTo("2026-11-01T00:00:00Z");
    Instant monday = Instant.parse("2026-11-30T00:00:00Z");
    assertThat(begins(Limits.Period.WEEK, monday)).isEqualTo("2026-11-30T00:00:00Z");
  }

  private static String begins(Limits.Period period, Instant now) {
    return Traffic.time(Quota.begin(period, now)).toString();
  }

  @Test
  void aQuestionThatComesLateIsNotAnsweredForItsNodeHoldsWhatItWasGrantedSince() throws Exception {
    Map<String, Map<Limits.Period, Long>> limits =
        Map.of("alice", Map.of(Limits.Period.TOTAL, 16 * MIB));
    Node one = new Node(store, "n1", "alice");
    TrafficReport late = one.report(true);
    one.tell(store, 16 * MIB, true, true);
    assertThat(one.end).isEqualTo(8 * MIB);
    Node two = new Node(store, "n2", "alice");
    assertThat(store.traffic().add(late, limits)).contains(List.of());
    two.tell(store, 16 * MIB, true, true);
    assertThat(two.end).isEqualTo(2 * MIB); // half of its share of 8
  }

  @Test
  void whatANodeMovedBeforeItStartedAnewIsCountedThoughItIsToldAfterItAndWasGrantedToAnother()
      throws Exception {
    Map<String, Map<Limits.Period, Long>> limits =
        Map.of("alice", Map.of(Limits.Period.TOTAL, MIB));
    Node one = new Node(store, "n1", "alice");
    one.tell(store, MIB, true, true);
    one.move(MIB);
    TrafficReport late = one.report(true);
    one.start(store);
    Node two = new Node(store, "n2", "alice");
    two.tell(store, MIB, true, true);
    assertThat(two.end).isEqualTo(MIB);
    assertThat(store.traffic().add(late, limits)).contains(List.of());
    two.move(MIB / 4);
    two.tell(store, MIB, true, true);
    assertThat(total("alice")).isEqualTo(MIB + MIB / 4);
    assertThat(two.end - two.moved).isZero();
  }

  @Test
  void aNodeThatStartsAnewHoldsNothingOfWhatItHeld() throws Exception {
    Node node = new Node(store, "n1", "alice");
    for (int i = 0; i < 3; i++) {
      node.tell(store, 16 * MIB, true, true);
      assertThat(node.end).isEqualTo(8 * MIB);
      node.start(store);
    }
    Node another = new Node(store, "n2", "alice");
    another.tell(store, MIB, true, true);
    assertThat(another.end).isEqualTo(MIB);
    assertThat(store.traffic().periods("alice", TrafficPeriod.Unit.DAY, FAR, 1)).hasSize(2);
  }
}
