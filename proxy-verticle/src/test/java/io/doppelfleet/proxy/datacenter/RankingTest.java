package io.doppelfleet.proxy.datacenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.dial.Outbound.Prefer;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which address is tried first after a probe. */
final class RankingTest {
  private static final InetSocketAddress ONE = new InetSocketAddress("192.0.2.1", 443);
  private static final InetSocketAddress TWO = new InetSocketAddress("192.0.2.2", 443);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 443);
  private static final List<InetSocketAddress> ALL = List.of(ONE, IPV6, TWO);

  /** Milliseconds in the order of the addresses above; -1: no answer. */
  private static Map<InetSocketAddress, Long> took(long one, long two, long ipv6) {
    Map<InetSocketAddress, Long> took = new HashMap<>();
    Map.of(ONE, one, TWO, two, IPV6, ipv6)
        .forEach(
            (address, millis) -> {
              if (millis >= 0) {
                took.put(address, TimeUnit.MILLISECONDS.toNanos(millis));
              }
            });
    return took;
  }

  @Test
  void whoAnswersIsBeforeWhoDoesNot() {
    assertThat(Ranking.of(ALL, took(-1, 900, -1), Prefer.LISTED)).containsExactly(TWO, ONE, IPV6);
    assertThat(Ranking.of(ALL, took(-1, 900, 400), Prefer.LISTED)).containsExactly(IPV6, TWO, ONE);
  }

  @Test
  void whoIsMuchSoonerIsFirst() {
    assertThat(Ranking.of(ALL, took(100, 79, 300), Prefer.LISTED)).containsExactly(TWO, ONE, IPV6);
  }

  @Test
  void whoIsLittleSoonerIsSecond() {
    assertThat(Ranking.of(ALL, took(100, 80, 300), Prefer.LISTED)).containsExactly(ONE, TWO, IPV6);
    assertThat(Ranking.of(ALL, took(6, 1, 7), Prefer.LISTED)).containsExactly(ONE, TWO, IPV6);
  }

  @Test
  void thePreferredKindIsFirstWhileItAnswers() {
    assertThat(Ranking.of(ALL, took(10, 5, 300), Prefer.IPV6)).containsExactly(IPV6, TWO, ONE);
    assertThat(Ranking.of(ALL, took(10, 90, -1), Prefer.IPV6)).containsExactly(ONE, TWO, IPV6);
    assertThat(Ranking.of(List.of(IPV6, ONE, TWO), took(50, 90, 1), Prefer.IPV4))
        .containsExactly(ONE, TWO, IPV6);
  }

  @Test
  void ofADataCentreThatDoesNotAnswerTheOrderStays() {
    Datacenters datacenters = new Datacenters(Map.of(2, ALL));
    assertThat(datacenters.order(2, took(-1, 900, -1))).isTrue();
    assertThat(datacenters.probed(2)).isEqualTo(0.9);
    assertThat(datacenters.order(2, Map.of())).isFalse();
    assertThat(datacenters.of(2)).containsExactly(TWO, ONE, IPV6);
    assertThat(datacenters.of(-2)).as("its media cluster").containsExactly(TWO, ONE, IPV6);
    assertThat(datacenters.probed(2)).isNaN();
  }

  @Test
  void aDataCentreThatIsNoneAnyMoreGetsNoAddressesByAProbe() {
    Datacenters datacenters = new Datacenters(Map.of(2, ALL));
    assertThat(datacenters.order(-2, took(-1, 900, -1))).isFalse();
    assertThat(datacenters.of(-2)).isEqualTo(ALL);
    assertThat(datacenters.known()).doesNotContain(-2);
    assertThat(datacenters.probed(-2)).isNaN();
  }
}
