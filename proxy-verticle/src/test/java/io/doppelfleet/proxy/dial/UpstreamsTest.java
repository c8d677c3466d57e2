package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which upstreams are tried first, by their weights and by how they fared. */
final class UpstreamsTest {
  private final SplittableRandom random = new SplittableRandom(7);
  private long now;
  private final Upstreams upstreams =
      new Upstreams(List.of(upstream("heavy", 9), upstream("light", 1)), () -> now);
  private final Upstreams.Health heavy = upstreams.all().getFirst();
  private final Upstreams.Health light = upstreams.all().getLast();

  private static Upstream upstream(String name, int weight) {
    InetSocketAddress address = new InetSocketAddress("192.0.2.1", 1080);
    return new Upstream(name, Upstream.Kind.SOCKS5, address, null, weight);
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  private void fail(Upstreams.Health health, int times) {
    for (int i = 0; i < times; i++) {
      upstreams.failed(health, "a test");
    }
  }

  private List<Upstreams.Health> order() {
    return upstreams.order(random);
  }

  @Test
  void thoseThatWorkComeByTheirWeights() {
    int first = 0;
    for (int i = 0; i < 1000; i++) {
      assertThat(order()).containsExactlyInAnyOrder(heavy, light);
      first += order().getFirst().equals(heavy) ? 1 : 0;
    }
    assertThat(first).isBetween(850, 950);
  }

  @Test
  void oneThatFailedThreeTimesIsTheLastUntilItsPauseIsOver() {
    fail(heavy, 2);
    assertThat(heavy.isDown()).isFalse();
    upstreams.succeeded(heavy);
    fail(heavy, 2);
    assertThat(heavy.isDown()).as("something was between").isFalse();
    fail(heavy, 1);
    assertThat(heavy.isDown()).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(order()).containsExactly(light, heavy);
    }
    pass(5);
    assertThat(order()).as("one dial tries it").containsExactly(heavy, light);
    assertThat(order()).as("the others don't").containsExactly(light, heavy);
    upstreams.succeeded(heavy);
    assertThat(heavy.isDown()).isFalse();
  }

  @Test
  void aPauseIsTwiceAsLongAfterEachTrialButNotForEachFailureWithin() {
    fail(heavy, 3);
    fail(heavy, 50);
    assertThat(heavy.failures()).isEqualTo(53);
    pass(5);
    assertThat(order().getFirst()).isEqualTo(heavy);
    fail(heavy, 1);
    pass(9);
    assertThat(order().getFirst()).isEqualTo(light);
    pass(1);
    assertThat(order().getFirst()).isEqualTo(heavy);
    for (int i = 0; i < 20; i++) {
      fail(heavy, 1);
      pass(300);
    }
    assertThat(order().getFirst()).as("five minutes at most").isEqualTo(heavy);
  }

  @Test
  void whereNoneWorksAllAreTried() {
    fail(heavy, 3);
    pass(1);
    fail(light, 3);
    assertThat(order()).containsExactly(heavy, light);
  }
}
