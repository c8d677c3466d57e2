package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion.Connections;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a secret's connections are divided among nodes, which may hear of their shares late. */
class SeatSharesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long LEASE = LimitBook.LEASE_NANOS;

  private final SeatShares shares = new SeatShares();
  private final Map<String, SimulatedNode> nodes = new TreeMap<>();
  private long now = Long.MAX_VALUE - 3 * SECOND; // nanoTime may be anywhere

  /** It lets in whom it may, and asks until it has told that it uses nothing. */
  private static final class SimulatedNode {
    int taken;
    int held;
    int waiting;
    boolean counted;

    @Nullable Connections use() {
      boolean used = taken + waiting + held > 0;
      boolean tells = used || counted;
      counted = used;
      return tells ? new Connections(taken, waiting, held) : null;
    }

    void comes() {
      if (taken < held) {
        taken++;
      } else {
        waiting++;
      }
    }
  }

  private SimulatedNode node(String name) {
    return nodes.computeIfAbsent(name, first -> new SimulatedNode());
  }

  private void hears(String name, int share) {
    SimulatedNode node = node(name);
    node.held = share;
    int seated = Math.max(0, Math.min(node.waiting, share - node.taken));
    node.taken += seated;
    node.waiting = 0;
  }

  private void exchange(String name, int limit) {
    Connections told = node(name).use();
    if (told != null) {
      hears(name, shares.grant("alice", limit, name, told, now));
    }
  }

  private void come(String name, int clients, int limit) {
    for (int i = 0; i < clients; i++) {
      node(name).comes();
      if (node(name).waiting > 0) {
        exchange(name, limit);
      }
    }
  }

  private int taken() {
    return nodes.values().stream().mapToInt(node -> node.taken).sum();
  }

  /** Whatever comes and goes, and whenever an answer is heard: what it meant stands until then. */
  @Property(tries = 500)
  void allTogetherNeverHaveMoreThanTheLimit(
      @ForAll @IntRange(min = 1, max = 20) int limit,
      @ForAll @IntRange(min = 1, max = 4) int count,
      @ForAll @Size(max = 200) List<@IntRange(max = 999) Integer> steps) {
    SeatShares divided = new SeatShares();
    SimulatedNode[] all = new SimulatedNode[count];
    Map<Integer, Integer> underWay = new HashMap<>();
    for (int i = 0; i < count; i++) {
      all[i] = new SimulatedNode();
    }
    long time = 0;
    for (int step : steps) {
      int which = step % count;
      SimulatedNode node = all[which];
      switch (step / count % 4) {
        case 0 -> node.comes();
        case 1 -> node.taken = Math.max(0, node.taken - 1);
        case 2 -> {
          Connections told = underWay.containsKey(which) ? null : node.use();
          if (told != null) { // one question at a time
            underWay.put(which, divided.grant("alice", limit, "node-" + which, told, time));
          }
        }
        default -> {
          Integer share = underWay.remove(which);
          if (share != null) {
            node.held = share;
            node.taken += Math.max(0, Math.min(node.waiting, share - node.taken));
            node.waiting = 0;
          }
        }
      }
      time += SECOND / 40; // in all less than a lease
      int taken = 0;
      for (SimulatedNode each : all) {
        taken += each.taken;
      }
      assertThat(taken).isLessThanOrEqualTo(limit);
    }
  }

  @Property(tries = 200)
  void whatOneNodeLeavesAnotherHasWithinThreeExchanges(
      @ForAll @IntRange(min = 1, max = 50) int limit,
      @ForAll @IntRange(min = 0, max = 50) int stay) {
    now += LEASE; // those of the try before have nothing
    nodes.clear();
    come("paris", limit, limit);
    assertThat(node("paris").taken).isEqualTo(limit);
    come("oslo", 1, limit);
    assertThat(node("oslo").taken).isZero();
    int left = Math.min(stay, limit);
    node("paris").taken = left;
    for (int i = 0; i < 3; i++) {
      now += SECOND;
      exchange("paris", limit);
      come("oslo", limit - left, limit);
    }
    assertThat(node("oslo").taken).isEqualTo(limit - left);
    assertThat(taken()).isEqualTo(limit);
  }

  @Test
  void aNodeHasSomeThatItNeedntAskForUnlessSomebodyGoesShort() {
    come("paris", 1, 8);
    assertThat(node("paris").held).isEqualTo(4);
    come("oslo", 5, 8);
    assertThat(node("oslo").taken).isEqualTo(4);
    now += SECOND;
    exchange("paris", 8);
    assertThat(node("paris").held).isEqualTo(1);
    now += SECOND;
    exchange("paris", 8); // only now it is known to have heard of it
    come("oslo", 4, 8);
    assertThat(node("oslo").taken).isEqualTo(7);
  }

  @Test
  void whatANodeThatIsGoneHadOthersHaveAndOneThatUsesNothingHasNothing() {
    come("paris", 3, 3);
    come("oslo", 1, 3);
    assertThat(node("oslo").taken).isZero();
    now += LEASE - 1;
    come("oslo", 1, 3);
    assertThat(node("oslo").taken).isZero();
    now++;
    come("oslo", 3, 3);
    assertThat(node("oslo").taken).isEqualTo(3);
    node("oslo").taken = 0;
    exchange("oslo", 3);
    assertThat(node("oslo").held).isZero();
    exchange("oslo", 3);
    nodes.clear();
    come("rome", 3, 3);
    assertThat(node("rome").taken).isEqualTo(3);
  }

  @Test
  void aLimitThatIsLoweredCutsNobodyAndNobodyMoreIsLetIn() {
    come("paris", 4, 8);
    come("oslo", 2, 8);
    exchange("paris", 3);
    exchange("oslo", 3);
    come("paris", 1, 3);
    come("oslo", 1, 3);
    assertThat(taken()).isEqualTo(6);
  }
}
