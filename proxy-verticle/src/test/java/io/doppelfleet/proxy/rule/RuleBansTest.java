package io.doppelfleet.proxy.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a rule bans, for how long, and whom nothing makes it ban. */
final class RuleBansTest {
  private static final String PROBER = "198.51.100.7";
  private static final Stamp STAMP = new Stamp("control", 1, 1);
  private static final ReplayRule RULE =
      new ReplayRule(3, Duration.ofMinutes(10), Duration.ofHours(1), Duration.ZERO);

  /** A client's that a prober has recorded. */
  private static final long HELLO = -7;

  private static final String ROUTER = "192.0.2.200";

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may be anywhere
  private final RuleBans bans = bans(RULE);
  private final AtomicInteger sweeps = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();

  private RuleBans bans(@Nullable ReplayRule rule) {
    PrefixSet routers = PrefixSet.of(List.of(Prefix.parse(ROUTER)));
    return new RuleBans(rule, routers, new SplittableRandom(1), now::get);
  }

  @BeforeEach
  void listen() {
    bans.clientCame(bits("203.0.113.200"), HELLO);
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
      bans.replayed(bits(address), HELLO);
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

  /** A look at all clients for each third replay would be as dear as who sends them likes. */
  @Test
  void whoGoesOnIsBannedForLongerAndNobodyLooksForClientsAgain() {
    replays(PROBER, 3);
    passes(Duration.ofMinutes(50));
    replays(PROBER, 3);
    passes(Duration.ofMinutes(50));
    assertThat(refuses(PROBER)).isTrue();
    assertThat(sweeps).hasValue(1);
    assertThat(told).hasValue(2);
    passes(Duration.ofMinutes(10));
    replays(PROBER, 3);
    assertThat(sweeps).hasValue(2);
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
    bans.clientCame(bits(PROBER), 1);
    bans.clientCame(bits("2001:db8::1"), 2);
    passes(RuleBans.SPARED.minusSeconds(1));
    replays(PROBER, 1_000);
    replays("2001:db8::2", 1_000);
    replays("192.0.2.1", 1);
    hear(List.of(lease(PROBER, 9), lease("2001:db8::/64", 9), lease("192.0.2.1", 9)));
    assertThat(refuses(PROBER)).isFalse();
    assertThat(refuses("2001:db8::2")).isFalse();
    assertThat(bans.own()).isEmpty();
    assertThat(bans.count()).isEqualTo(1);
    assertThat(bans.spared()).isEqualTo(2 * 333);
    passes(Duration.ofSeconds(1));
    bans.clientCame(bits("203.0.113.200"), HELLO);
    replays(PROBER, 3);
    assertThat(refuses(PROBER)).isTrue();
  }

  /** Who has a secret and a /48 is a client from as many addresses as this node has room for. */
  @Test
  void whileItMayHaveForgottenAClientOfAnAddressItDoesNotBanIt() {
    bans.clientCame(bits(PROBER), 1);
    for (int i = 0; i < 1 << 19; i++) {
      bans.clientCame(new AddressBits(0x2001_0db8_0000_0000L + i, 1), HELLO);
    }
    replays(PROBER, 3);
    replays("192.0.2.1", 1);
    hear(List.of(lease(PROBER, 60), lease("192.0.2.1", 60)));
    assertThat(bans.count()).isZero();
    passes(RuleBans.SPARED);
    bans.clientCame(bits("203.0.113.200"), HELLO);
    replays(PROBER, 3);
    assertThat(refuses(PROBER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "172.17.0.1",
        "100.64.3.4",
        "fd00::1",
        "64:ff9b::c633:6407",
        "2001::7",
        ROUTER
      })
  void whatManyComeThroughIsNeverBanned(String address) {
    replays(address, 1_000);
    assertThat(refuses(address)).isFalse();
    assertThat(bans.own()).isEmpty();
  }

  @Test
  void whatTheFleetsRulesBanHoldsUntilItIsNotToldAnyMoreOrEnds() {
    replays(PROBER, 1);
    replays("192.0.2.1", 1);
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

  /** A control forgets the first, too. */
  @Test
  void ofMoreThanAThousandThatWereLiftedTheFirstAreForgotten() {
    Lease[] lifted =
        IntStream.range(0, FleetLeases.MOST)
            .mapToObj(i -> lease("203.0." + (i >> 8) + "." + (i & 0xff), 86_400))
            .toArray(Lease[]::new);
    hear(List.of(), lifted);
    lifted[0] = lease(PROBER, 86_400);
    hear(List.of(), lifted);
    replays(PROBER, 3);
    replays("203.0.0.1", 3);
    assertThat(bans.count()).isZero();
    replays("203.0.0.0", 3);
    assertThat(refuses("203.0.0.0")).isTrue();
  }

  @Test
  void aNodeThatHasJustStartedBansNobodyButKnowsWhatWasLifted() {
    RuleBans young = bans(ReplayRule.USUAL);
    young.clientCame(bits("203.0.113.200"), HELLO);
    AddressBits prober = bits(PROBER);
    List<Lease> others = List.of(lease(PROBER, 3_600), lease("192.0.2.1", 3_600));
    passes(ReplayRule.USUAL.grace().minusNanos(1));
    Stream.generate(() -> prober).limit(9).forEach(from -> young.replayed(from, HELLO));
    young.heard(new FleetLeases(STAMP, others, List.of(lease("192.0.2.1", 3_600))));
    assertThat(young.count()).isZero();
    passes(Duration.ofNanos(1));
    young.replayed(prober, HELLO);
    young.replayed(bits("192.0.2.1"), HELLO);
    young.heard(new FleetLeases(STAMP, others, List.of()));
    assertThat(young.count()).isEqualTo(1);
    assertThat(young.refuse(prober.high(), prober.low())).isTrue();
  }

  /** A victim's hello is replayed where it has no connection, and it then has to go there. */
  @Test
  void whatOthersBanIsOnlyBannedHereOnceItHasReplayedHereToo() {
    List<Lease> others = List.of(lease(PROBER, 3_600));
    hear(others);
    assertThat(refuses(PROBER)).isFalse();
    replays(PROBER, 1);
    hear(others);
    assertThat(refuses(PROBER)).isTrue();
    passes(RULE.within().plusSeconds(1));
    hear(others);
    assertThat(refuses(PROBER)).isTrue(); // as long as it is told
    passes(Duration.ofHours(1));
    hear(others);
    assertThat(refuses(PROBER)).isTrue(); // nothing was told in place of it
    hear(List.of());
    passes(Duration.ofHours(1));
    hear(others);
    assertThat(refuses(PROBER)).isFalse();
  }

  @Test
  void aControlThatStartsAnewAndKnowsNothingYetEndsNobodysBanForLongerThanThat() {
    replays(PROBER, 1);
    hear(List.of(lease(PROBER, 3_600)));
    passes(RULE.within().plusSeconds(1));
    hear(List.of());
    assertThat(refuses(PROBER)).isFalse();
    passes(Duration.ofSeconds(2));
    hear(List.of(lease(PROBER, 2_997)));
    assertThat(refuses(PROBER)).isTrue();
    assertThat(sweeps).hasValue(2);
  }

  /** Who brought it first may have been quicker than the one whose it is. */
  @Test
  void aHelloThatNoClientWentOnFromIsNoReplay() {
    for (int i = 0; i < 9; i++) {
      bans.replayed(bits(PROBER), HELLO + 1);
    }
    assertThat(bans.count()).isZero();
    bans.clientCame(bits("203.0.113.200"), HELLO + 1);
    for (int i = 0; i < 3; i++) {
      bans.replayed(bits(PROBER), HELLO + 1);
    }
    assertThat(refuses(PROBER)).isTrue();
  }

  @Test
  void aClientThatIsThereOrComesEndsTheBanOfItsAddress() {
    replays(PROBER, 3);
    replays("192.0.2.1", 1);
    hear(List.of(lease("192.0.2.1", 60)));
    assertThat(bans.count()).isEqualTo(2);
    bans.clientIsThere(bits(PROBER).high(), bits(PROBER).low());
    bans.clientCame(bits("192.0.2.1"), 1);
    assertThat(bans.count()).isZero();
    assertThat(bans.own()).isEmpty();
    assertThat(bans.spared()).isEqualTo(2);
    replays(PROBER, 3);
    hear(List.of(lease(PROBER, 60), lease("192.0.2.1", 60)));
    assertThat(bans.count()).isZero();
  }

  @Test
  void aBanOfItsOwnThatHasEndedHidesNoOthersAndOfTwoTheLongerHolds() {
    replays(PROBER, 3);
    hear(List.of(lease(PROBER, 7_200)));
    passes(Duration.ofMinutes(90));
    assertThat(refuses(PROBER)).isTrue();
    hear(List.of());
    assertThat(refuses(PROBER)).isFalse();

    replays("192.0.2.1", 3);
    passes(Duration.ofHours(1));
    replays("192.0.2.1", 1);
    hear(List.of(lease("192.0.2.1", 60)));
    assertThat(refuses("192.0.2.1")).isTrue();
  }

  @Test
  void noMoreAreBannedThanAreTold() {
    for (int i = 0; i <= NodeLeases.MOST; i++) {
      replays("198.51." + (i >> 8) + "." + (i & 0xff), 3);
    }
    assertThat(bans.own()).hasSize(NodeLeases.MOST);
    assertThat(bans.count()).isEqualTo(NodeLeases.MOST);
    String last = "198.51.0." + NodeLeases.MOST;
    assertThat(refuses(last)).isFalse();
    hear(List.of(lease(last, 60))); // another node had room
    assertThat(refuses(last)).isTrue();
    passes(Duration.ofHours(1));
    replays(PROBER, 3);
    assertThat(bans.own()).containsExactly(lease(PROBER, 3_600));
  }

  @Test
  void whereItIsOffNobodyIsBannedWhoeversRuleSaysSo() {
    RuleBans off = bans(null);
    off.clientCame(bits(PROBER), HELLO);
    Stream.generate(() -> bits(PROBER)).limit(100).forEach(from -> off.replayed(from, HELLO));
    off.heard(new FleetLeases(STAMP, List.of(lease("192.0.2.1", 9)), List.of()));
    assertThat(off.count()).isZero();
    assertThat(off.own()).isEmpty();
    assertThat(off.isOn()).isFalse();
  }
}
