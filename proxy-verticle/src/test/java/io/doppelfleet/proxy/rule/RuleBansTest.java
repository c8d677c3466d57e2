package io.doppelfleet.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.proxy.address.AddressBits;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a rule bans, for how long, and whom nothing makes it ban. */
final class RuleBansTest {
  private static final String PROBER = "198.51.100.7";
  private static final Stamp STAMP = new Stamp("control", 1, 1);
  private static final ReplayRule RULE =
      new ReplayRule(3, Duration.ofMinutes(10), Duration.ofHours(1));

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may be anywhere
  private final RuleBans bans = new RuleBans(RULE, now::get);
  private final AtomicInteger sweeps = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();

  @BeforeEach
  void listen() {
    bans.onBan(sweeps::incrementAndGet);
    bans.onOwn(told::incrementAndGet);
  }

  private static AddressBits bits(String address) {
    return AddressBits.of(InetAddress.ofLiteral(address));
  }

  private boolean refuses(String address) {
    return bans.refuse(bits(address).high(), bits(address).low());
  }

  private void replays(String address, int times) {
    for (int i = 0; i < times; i++) {
      bans.replayed(bits(address));
    }
  }

  private void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static Lease lease(String prefix, int seconds) {
    return new Lease(Prefix.parse(prefix), seconds);
  }

  private void hear(List<Lease> leases, Lease... lifted) {
    bans.heard(new FleetLeases(STAMP, leases, List.of(lifted)));
  }

  @Test
  void whoReplaysThriceIsBannedAtOnceAndForAnHour() {
    replays(PROBER, 2);
    assertThat(refuses(PROBER)).isFalse();
    replays(PROBER, 1);
    assertThat(refuses(PROBER)).isTrue();
    assertThat(refuses("198.51.100.8")).isFalse();
    assertThat(bans.own()).containsExactly(lease(PROBER, 3_600));
    assertThat(sweeps).hasValue(1);
    assertThat(told).hasValue(1);
    passes(Duration.ofHours(1).minusNanos(1));
    assertThat(refuses(PROBER)).isTrue();
    assertThat(bans.own()).containsExactly(lease(PROBER, 1));
    passes(Duration.ofNanos(1));
    assertThat(refuses(PROBER)).isFalse();
    assertThat(bans.own()).isEmpty();
    assertThat(bans.count()).isZero();
  }

  @Test
  void whoGoesOnIsBannedForLonger() {
    replays(PROBER, 3);
    passes(Duration.ofMinutes(50));
    replays(PROBER, 3);
    passes(Duration.ofMinutes(50));
    assertThat(refuses(PROBER)).isTrue();
  }

  @Test
  void ofIpv6TheSubscribersNetworkIsBanned() {
    replays("2001:db8:0:7::1", 2);
    replays("2001:db8:0:7:8000::2", 1);
    assertThat(bans.own()).containsExactly(lease("2001:db8:0:7::/64", 3_600));
    assertThat(refuses("2001:db8:0:7:1:2:3:4")).isTrue();
    assertThat(refuses("2001:db8:0:8::1")).isFalse();
  }

  /** A carrier's address that many share, where one of them probes, or is made to look so. */
  @Test
  void anAddressFromWhichAClientCameWithinADayIsNeverBanned() {
    bans.clientCame(bits(PROBER));
    bans.clientCame(bits("2001:db8::1"));
    passes(RuleBans.SPARED.minusSeconds(1));
    replays(PROBER, 1_000);
    replays("2001:db8::2", 1_000);
    hear(List.of(lease(PROBER, 9), lease("2001:db8::/64", 9), lease("192.0.2.1", 9)));
    assertThat(refuses(PROBER)).isFalse();
    assertThat(refuses("2001:db8::2")).isFalse();
    assertThat(bans.own()).isEmpty();
    assertThat(bans.count()).isEqualTo(1);
    assertThat(bans.spared()).isEqualTo(2 * 333);
    passes(Duration.ofSeconds(1));
    replays(PROBER, 3);
    assertThat(refuses(PROBER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "172.17.0.1", "100.64.3.4", "fd00::1", "64:ff9b::c633:6407"})
  void whatManyComeThroughIsNeverBanned(String address) {
    replays(address, 1_000);
    assertThat(refuses(address)).isFalse();
    assertThat(bans.own()).isEmpty();
  }

  @Test
  void whatTheFleetsRulesBanHoldsUntilItIsNotToldAnyMoreOrEnds() {
    hear(List.of(lease(PROBER, 10), lease("192.0.2.1", 5)));
    assertThat(refuses(PROBER)).isTrue();
    assertThat(sweeps).hasValue(1);
    assertThat(bans.own()).isEmpty();
    hear(List.of(lease(PROBER, 9)));
    assertThat(refuses("192.0.2.1")).isFalse();
    assertThat(sweeps).hasValue(1); // nobody more
    passes(Duration.ofSeconds(9)); // the link is away
    assertThat(refuses(PROBER)).isFalse();
    assertThat(told).hasValue(0);
  }

  @Test
  void whatSomebodyHasLiftedStaysSoWhateverComesFromThere() {
    replays(PROBER, 3);
    hear(List.of(lease(PROBER, 3_600)));
    hear(List.of(), lease(PROBER, 60));
    assertThat(refuses(PROBER)).isFalse();
    replays(PROBER, 9);
    hear(List.of(lease(PROBER, 9))); // of a control that has forgotten it
    assertThat(refuses(PROBER)).isFalse();
    assertThat(bans.own()).isEmpty();
    passes(Duration.ofSeconds(60));
    replays(PROBER, 3);
    assertThat(refuses(PROBER)).isTrue();
  }

  @Test
  void noMoreAreBannedThanAreTold() {
    for (int i = 0; i <= NodeLeases.MOST; i++) {
      replays("198.51." + (i >> 8) + "." + (i & 0xff), 3);
    }
    assertThat(bans.own()).hasSize(NodeLeases.MOST);
    assertThat(bans.count()).isEqualTo(NodeLeases.MOST);
    passes(Duration.ofHours(1));
    replays(PROBER, 3);
    assertThat(bans.own()).containsExactly(lease(PROBER, 3_600));
  }

  @Test
  void whereItIsOffNobodyIsBannedWhoeversRuleSaysSo() {
    RuleBans off = new RuleBans(null, now::get);
    Stream.generate(() -> bits(PROBER)).limit(100).forEach(off::replayed);
    off.clientCame(bits(PROBER));
    off.heard(new FleetLeases(STAMP, List.of(lease("192.0.2.1", 9)), List.of()));
    assertThat(off.count()).isZero();
    assertThat(off.own()).isEmpty();
    assertThat(off.isOn()).isFalse();
  }
}
