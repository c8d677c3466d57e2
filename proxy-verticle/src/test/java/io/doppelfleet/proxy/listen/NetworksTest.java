package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
  private final AtomicInteger left = new AtomicInteger();
  private final Networks networks = new Networks(30, 25);

  private boolean enters(String from) {
    return networks.enter(InetAddress.ofLiteral(from), left::incrementAndGet) != null;
  }

  @Test
  void onePhonesBurstComesInAndOneTooManyDoesNotUntilAnotherLeaves() {
    List<Runnable> seats = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Runnable seat = networks.enter(InetAddress.ofLiteral("198.51.100.7"), left::incrementAndGet);
      assertThat(seat).isNotNull();
      seats.add(seat);
    }
    assertThat(enters("198.51.100.7")).isFalse();
    assertThat(enters("198.51.100.8")).isTrue();
    seats.getFirst().run();
    assertThat(left).hasValue(1);
    assertThat(enters("198.51.100.7")).isTrue();
    assertThat(enters("198.51.100.7")).isFalse();
  }

  @Test
  void whoIsRefusedTakesNoSeat() {
    Runnable seat = networks.enter(InetAddress.ofLiteral("198.51.100.7"), () -> {});
    assertThat(seat).isNotNull();
    for (int i = 0; i < 100; i++) {
      enters("198.51.100.7");
    }
    seat.run();
    assertThat(enters("198.51.100.7")).isTrue();
  }

  @Test
  void ofIpv6A48IsOne() {
    for (int i = 0; i < 30; i++) {
      assertThat(enters("2001:db8:7:" + Integer.toHexString(i) + "::" + i)).isTrue();
    }
    assertThat(enters("2001:db8:7:ffff::1")).isFalse();
    assertThat(enters("2001:db8:8::1")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.17.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd00::1"
      })
  void aNetworkOfOnesOwnHasNoBound(String from) {
    for (int i = 0; i < 100; i++) {
      assertThat(enters(from)).isTrue();
    }
  }

  @Test
  void tenThousandNetworksDoNotCrowdEachOther() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(enters("198.18." + i / 250 + "." + i % 250)).isTrue();
    }
    for (int i = 0; i < 24; i++) {
      assertThat(enters("203.0.113.9")).isTrue();
    }
  }
}
