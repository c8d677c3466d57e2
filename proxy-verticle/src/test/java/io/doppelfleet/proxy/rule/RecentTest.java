package io.doppelfleet.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was met is known for a time, and as much as there is room for. */
final class RecentTest {
  private static final int SECONDS = 100;
  private static final int ROOM = 1 << 16;

  private final Recent recent = new Recent(SECONDS, 5);

  /** IPv4 addresses of one network, as they are when a carrier's phones come. */
  private static long network(int number) {
    return 0xffffL << 32 | 0xc633_0000L + number;
  }

  @Test
  void oneIsKnownForAsLongAsItIsSaidFromItsLastClientOn() {
    recent.met(network(1), 1);
    assertThat(recent.has(network(1), SECONDS)).isTrue();
    assertThat(recent.has(network(1), SECONDS + 1)).isFalse();
    recent.met(network(1), SECONDS);
    assertThat(recent.has(network(1), 2 * SECONDS - 1)).isTrue();
    assertThat(recent.has(network(1), 2 * SECONDS)).isFalse();
    assertThat(recent.has(network(2), 1)).isFalse();
    assertThat(recent.has(0, 1)).isFalse(); // what a free place has
  }

  /** Else who has a network of IPv6 chooses eight addresses that make it forget any other. */
  @Test
  void whoseRoomOneTakesNobodyKnowsWithoutTheSeed() {
    List<Integer> beside = new ArrayList<>();
    int number = 0;
    while (beside.size() < 8) {
      Recent tried = new Recent(SECONDS, 5);
      tried.met(network(0), 1);
      while (tried.has(network(0), 2)) {
        tried.met(network(++number), 2);
      }
      beside.add(number);
    }
    assertThat(knowsAfter(new Recent(SECONDS, 5), beside)).isFalse();
    assertThat(knowsAfter(new Recent(SECONDS, 6), beside)).isTrue();
  }

  private static boolean knowsAfter(Recent recent, List<Integer> others) {
    recent.met(network(0), 1);
    others.forEach(other -> recent.met(network(other), 2));
    return recent.has(network(0), 2);
  }

  @Test
  void whereOneHadToMakeRoomNobodyIsSaidNotToHaveBeenMetWhileItWouldCount() {
    assertThat(recent.mayHave(network(-1), 1)).isFalse();
    for (int i = 0; i < 4 * ROOM; i++) {
      recent.met(network(i), 1 + i / ROOM);
    }
    assertThat(recent.mayHave(network(-1), 4)).isTrue();
    assertThat(recent.mayHave(network(-1), SECONDS + 4)).isFalse();
    recent.met(network(-1), SECONDS + 4);
    assertThat(recent.mayHave(network(-1), SECONDS + 4)).isTrue();
  }

  @Test
  void halfAsManyAsThereIsRoomForAreKnownButForAFew() {
    for (int i = 0; i < ROOM / 2; i++) {
      recent.met(network(i), 1);
    }
    long known = 0;
    for (int i = 0; i < ROOM / 2; i++) {
      known += recent.has(network(i), 2) ? 1 : 0;
    }
    assertThat(known).isEqualTo(ROOM / 2 - recent.forgotten());
    assertThat(recent.forgotten()).isLessThan(ROOM / 100);
  }

  @Test
  void whoeverIsMetIsKnownForTheSameTimeHoweverManyCome() {
    for (int i = 0; i < ROOM / 8; i++) {
      recent.met(network(i), 1 + i % SECONDS);
      assertThat(recent.has(network(i), 1 + i % SECONDS)).isTrue();
    }
    assertThat(recent.forgotten()).isZero();
    for (int i = 0; i < ROOM / 8; i++) {
      int met = 1 + i % SECONDS;
      assertThat(recent.has(network(i), met + SECONDS - 1)).isTrue();
      assertThat(recent.has(network(i), met + SECONDS)).isFalse();
      assertThat(recent.mayHave(network(-1 - i), met)).isFalse();
    }
  }

  @Test
  void thoseWhoseTimeIsOverLeaveTheirRoomToOthersWhereverItHadToGrow() {
    int few = 300;
    for (int day = 0; day < 400; day++) {
      for (int i = 0; i < few; i++) {
        recent.met(network(day * few + i), 1 + day * SECONDS);
      }
      for (int i = 0; i < few; i++) {
        assertThat(recent.has(network(day * few + i), 1 + day * SECONDS)).isTrue();
        assertThat(recent.has(network((day - 1) * few + i), 1 + day * SECONDS)).isFalse();
      }
    }
    assertThat(recent.forgotten()).isZero();
  }

  @Test
  void theOnesOfLongestAgoMakeRoomAndTheseAreCountedUnlessTheirTimeIsOver() {
    for (int i = 0; i < 4 * ROOM; i++) {
      recent.met(network(i), 1);
    }
    long early = recent.forgotten();
    assertThat(early).isGreaterThanOrEqualTo(3 * ROOM);
    for (int i = 0; i < ROOM / 2; i++) {
      recent.met(network(8 * ROOM + i), 2 + SECONDS);
    }
    assertThat(recent.forgotten() - early).isLessThan(ROOM / 100);
    assertThat(recent.has(network(8 * ROOM + ROOM / 2 - 1), 2 + SECONDS)).isTrue();
  }
}
