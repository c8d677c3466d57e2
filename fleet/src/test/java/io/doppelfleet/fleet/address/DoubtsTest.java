package io.doppelfleet.fleet.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What all lists of a fleet do together, as they are and as they are to be. */
final class DoubtsTest {
  private static final String NOBODY = "together they would let nobody in";
  private static final PrefixList LAN_A = allow("lan-a", "10.1.0.0/16");
  private static final PrefixList LAN_B = allow("lan-b", "10.2.0.0/16");
  private static final PrefixList OFFICES = allow("offices", "8.8.8.0/24");

  private static PrefixList allow(String name, String... prefixes) {
    return list(name, PrefixList.Use.ALLOW, Stream.of(prefixes));
  }

  private static PrefixList deny(String name, String... prefixes) {
    return list(name, PrefixList.Use.REFUSE, Stream.of(prefixes));
  }

  /** All /8s of these. */
  private static PrefixList denyBlocks(String name, int first, int last) {
    Stream<String> blocks =
        IntStream.rangeClosed(first, last).mapToObj(block -> block + ".0.0.0/8");
    return list(name, PrefixList.Use.REFUSE, blocks);
  }

  private static PrefixList list(String name, PrefixList.Use use, Stream<String> prefixes) {
    return new PrefixList(name, use, prefixes.map(Prefix::parse).toList());
  }

  private static Doubts from(List<PrefixList> present, PrefixList... next) {
    return Doubts.of(present, List.of(next), Set.of());
  }

  @Test
  void whoHasConfirmedHalfOfIpv4IsAskedBeforeAllOfItIsRefused() {
    PrefixList half = denyBlocks("half", 1, 126);
    assertThat(from(List.of(), half).dangers()).containsExactly(Danger.EVERYTHING);
    Doubts rest = from(List.of(half), half, denyBlocks("rest", 127, 223));
    assertThat(rest.dangers()).containsExactly(Danger.NOBODY);
    assertThat(rest.why()).isEqualTo(NOBODY + " by IPv4");
    assertThat(from(List.of(half), half, denyBlocks("more", 127, 222)).dangers()).isEmpty();
  }

  @Test
  void ofWhoHasConfirmedHalfOfIpv4Ipv6IsAskedFor() {
    PrefixList half = denyBlocks("half", 1, 126);
    PrefixList ipv6 = deny("ipv6", "2000::/4");
    assertThat(from(List.of(half), half, ipv6).dangers()).containsExactly(Danger.EVERYTHING);
    PrefixList rest = deny("rest", "3000::/4");
    Doubts all = from(List.of(half, ipv6), half, ipv6, rest);
    assertThat(all.dangers()).containsExactly(Danger.NOBODY);
    assertThat(all.why()).isEqualTo(NOBODY + " by IPv6");
    assertThat(from(List.of(half, ipv6, rest), ipv6, rest, denyBlocks("half", 0, 255)).why())
        .isEqualTo(NOBODY);
  }

  @Test
  void whatIsNobodysOfAnAllowListLetsNobodyIn() {
    PrefixList all = allow("all", "::/0");
    Doubts refused = from(List.of(all), all, deny("ipv6", "2000::/3"));
    assertThat(refused.dangers()).containsExactlyInAnyOrder(Danger.EVERYTHING, Danger.NOBODY);
    PrefixList mixed = allow("mixed", "8.8.8.0/24", "127.0.0.1/32");
    assertThat(from(List.of(mixed), mixed, deny("denied", "8.8.8.0/24")).dangers())
        .containsExactly(Danger.NOBODY);
  }

  @Test
  void anAllowListOfOneFamilyLeavesTheOtherOutOnPurpose() {
    assertThat(from(List.of(), OFFICES).dangers()).isEmpty();
    PrefixList ipv6 = allow("ipv6", "2a00:1450::/32");
    assertThat(from(List.of(OFFICES, ipv6), OFFICES).dangers()).isEmpty();
    assertThat(from(List.of(OFFICES, ipv6), OFFICES, ipv6, deny("d", "8.8.8.0/24")).why())
        .isEqualTo(NOBODY + " by IPv4");
  }

  @Test
  void aListOfPrivateNetworksLetsInWhomItWasConfirmedFor() {
    PrefixList denied = deny("denied", "10.1.0.0/16");
    List<PrefixList> present = List.of(LAN_A, LAN_B, denied);
    assertThat(from(List.of(LAN_A, LAN_B), LAN_A, LAN_B, denied).dangers()).isEmpty();
    assertThat(from(present, LAN_A, denied).why()).isEqualTo(NOBODY);
    assertThat(from(List.of(LAN_A, OFFICES), LAN_A).dangers()).isEmpty();
    assertThat(from(List.of(LAN_A, OFFICES), LAN_A, OFFICES, deny("d", "8.8.8.0/24")).dangers())
        .isEmpty();
  }

  @Test
  void whatListsDoAlreadyIsNotAskedAgain() {
    PrefixList denied = deny("denied", "8.8.8.0/24");
    assertThat(from(List.of(OFFICES, denied), OFFICES, denied, LAN_A).dangers()).isEmpty();
    assertThat(from(List.of(OFFICES, denied), OFFICES, denied, deny("d", "9.9.9.9/32")).dangers())
        .isEmpty();
  }
}
