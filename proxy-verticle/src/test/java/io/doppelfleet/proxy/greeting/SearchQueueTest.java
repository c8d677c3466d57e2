package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose hello is searched for next. */
final class SearchQueueTest {
  private static final InetAddress MANY = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress FEW = InetAddress.ofLiteral("192.0.2.2");

  private long now;
  private final SearchQueue queue = new SearchQueue(() -> now);
  private final List<String> done = new ArrayList<>();

  @Test
  void addressesHaveTheirTurnsAsTheyCame() {
    add(MANY, "a1");
    add(MANY, "a2");
    add(MANY, "a3");
    add(FEW, "b1");
    add(FEW, "b2");
    run(5);
    assertThat(done).containsExactly("a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void briefSearchesComeBeforeLongOnes() {
    addBrief(MANY, "brief 1");
    add(FEW, "long 1");
    addBrief(MANY, "brief 2");
    run(3);
    assertThat(done).containsExactly("brief 1", "brief 2", "long 1");
  }

  @Test
  void aBriefSearchOfWhoSentAHelloOfNoSecretComesAfterLongOnesOfOthers() {
    queue.foreign(MANY);
    addBrief(MANY, "suspect");
    add(FEW, "other");
    run(2);
    assertThat(done).containsExactly("other", "suspect");
  }

  @Test
  void whoSentAHelloOfNoSecretComesAfterTheOthersButNotNever() {
    add(MANY, "a1");
    queue.foreign(MANY);
    add(MANY, "a2");
    for (int i = 1; i <= 5; i++) {
      add(FEW, "b" + i);
    }
    run(7);
    assertThat(done).containsExactly("b1", "b2", "b3", "a1", "b4", "b5", "a2");
  }

  @Test
  void anAddressOfTheSameNetworkInIpv6IsTheSame() {
    add(InetAddress.ofLiteral("2001:db8:0:1::1"), "a1");
    queue.foreign(InetAddress.ofLiteral("2001:db8:0:1::2"));
    add(InetAddress.ofLiteral("2001:db8:0:1:ffff::3"), "a2");
    add(InetAddress.ofLiteral("2001:db8:0:2::1"), "b1");
    run(3);
    assertThat(done).containsExactly("b1", "a1", "a2");
  }

  @Test
  void atTheBoundTheOldestSuspectGivesWay() {
    queue.foreign(MANY);
    for (int i = 0; i <= SearchQueue.BOUND; i++) {
      add(MANY, "a" + i);
    }
    assertThat(queue.size()).isEqualTo(SearchQueue.BOUND);
    assertThat(done).containsExactly("no a0");
  }

  @Test
  void atTheBoundTheAddressWithMostGivesWayAndNotWhoCameBefore() {
    queue.foreign(MANY);
    queue.foreign(FEW);
    add(FEW, "b");
    for (int i = 0; i < SearchQueue.BOUND; i++) {
      add(MANY, "a" + i);
    }
    assertThat(done).containsExactly("no a0");
    run(1);
    assertThat(done).containsExactly("no a0", "b");
  }

  @Test
  void whereTheQueueIsNeverEmptyWhoWaitsIsGivenUpEarly() {
    long step = SearchQueue.SHORT_PATIENCE_NANOS - 1;
    add(FEW, "0");
    int steps = (int) (SearchQueue.PATIENCE_NANOS / step);
    for (int i = 1; i <= steps; i++) { // one at a time is done, each in time
      now += step;
      add(FEW, "" + i);
      run(1);
    }
    assertThat(done).hasSize(steps).noneMatch(name -> name.startsWith("no"));
    now += step;
    add(MANY, "a1");
    now += SearchQueue.SHORT_PATIENCE_NANOS - step;
    done.clear();
    run(1);
    assertThat(done).containsExactly("no " + steps, "a1");
  }

  @Test
  void onceTheQueueWasEmptyPatienceIsAsBefore() {
    add(FEW, "a1");
    now += SearchQueue.PATIENCE_NANOS - 1;
    run(1);
    add(FEW, "a2");
    now += SearchQueue.PATIENCE_NANOS - 1;
    run(1);
    assertThat(done).containsExactly("a1", "a2");
  }

  @Test
  void whoWaitedTooLongIsGivenUp() {
    add(MANY, "a1");
    addBrief(MANY, "a2");
    queue.foreign(MANY);
    now += SearchQueue.PATIENCE_NANOS - 1;
    add(MANY, "a3");
    now++;
    run(2);
    assertThat(done).containsExactly("no a1", "no a2", "a3");
    assertThat(queue.size()).isZero();
  }

  private void add(InetAddress from, String name) {
    add(from, false, name);
  }

  private void addBrief(InetAddress from, String name) {
    add(from, true, name);
  }

  private void add(InetAddress from, boolean brief, String name) {
    queue.add(
        new SearchQueue.Search(from, brief, () -> done.add(name), () -> done.add("no " + name)));
  }

  private void run(int times) {
    for (int i = 0; i < times; i++) {
      queue.runNext();
    }
  }
}
