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

  private final SearchQueue queue = new SearchQueue();
  private final List<String> done = new ArrayList<>();

  @Test
  void addressesTakeTurns() {
    add(MANY, "a1");
    add(MANY, "a2");
    add(MANY, "a3");
    add(FEW, "b1");
    run(4);
    assertThat(done).containsExactly("a1", "b1", "a2", "a3");
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
  void atTheBoundTheOldestSuspectGivesWay() {
    queue.foreign(MANY);
    for (int i = 0; i <= SearchQueue.BOUND; i++) {
      add(MANY, "a" + i);
    }
    assertThat(queue.size()).isEqualTo(SearchQueue.BOUND);
    assertThat(done).containsExactly("no a0");
  }

  private void add(InetAddress from, String name) {
    queue.add(new SearchQueue.Search(from, () -> done.add(name), () -> done.add("no " + name)));
  }

  private void run(int times) {
    for (int i = 0; i < times; i++) {
      queue.runNext();
    }
  }
}
