package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.ProxyOptions;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
  private final AtomicInteger left = new AtomicInteger();
  private final Networks networks = new Networks(30, 10, 9_000, 25);

  private boolean enters(String from) {
    return seat(from) != null;
  }

  private Networks.@Nullable Entry seat(String from) {
    return networks.enter(bits(from), left::incrementAndGet);
  }

  private static AddressBits bits(String from) {
    return AddressBits.of(InetAddress.ofLiteral(from));
  }

  @Test
  void onePhonesBurstComesInAndOneTooManyDoesNotUntilAnotherLeaves() {
    List<Runnable> seats = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Networks.Entry seat = seat("198.51.100.7");
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
    Networks.Entry seat = Objects.requireNonNull(seat("198.51.100.7"));
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
    assertThat(networks.bounds(bits(from))).isFalse();
    assertThat(networks.bounds(bits("198.51.100.7"))).isTrue();
  }

  @Test
  void whoAreNoClientsCrowdTheirOwnNetworkAndNoOther() {
    List<Networks.Entry> seats = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      seats.add(Objects.requireNonNull(seat("198.51.100.7")));
      assertThat(seats.getFirst().isCrowded()).isEqualTo(i == 10);
    }
    assertThat(Objects.requireNonNull(seat("198.51.100.8")).isCrowded()).isFalse();
    seats.get(1).leaveCrowd(); // a client's
    assertThat(seats.getFirst().isCrowded()).isFalse();
    seats.get(1).leaveCrowd();
    seats.get(1).run();
    seats.add(Objects.requireNonNull(seat("198.51.100.7")));
    assertThat(seats.getFirst().isCrowded()).isTrue();
    seats.getLast().run();
    assertThat(seats.getFirst().isCrowded()).isFalse();
    assertThat(left).hasValue(2);
  }

  /** Of a node that has IPv6 alone all of IPv4 comes from there. */
  @Test
  void ipv4ThatComesByNat64IsOneAddressEach() {
    for (int i = 0; i < 30; i++) {
      assertThat(enters("64:ff9b::198.51.100.7")).isTrue();
    }
    assertThat(enters("64:ff9b::198.51.100.7")).isFalse();
    assertThat(enters("64:ff9b::198.51.100.8")).isTrue();
  }

  @Test
  void aHundredThousandConnectionsDoNotCrowdEachOther() {
    int connections = 100_000;
    int least = ProxyOptions.Limits.leastPerNetwork(connections);
    Networks many = new Networks(least, 10, connections, 25);
    int refused = 0;
    for (int i = 0; i < connections; i++) {
      AddressBits from = new AddressBits(0, 0xffff_c612_0000L + i / 4);
      refused += many.enter(from, () -> {}) == null ? 1 : 0;
    }
    assertThat(refused).isZero();
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
