package io.doppelfleet.proxy.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which addresses a state's bans and lists refuse. */
final class AddressRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  @Test
  void aBanIsForAllAddressesOfItsPrefixAndNoOthers() {
    AddressRules rules = rules(ban("192.0.2.64/26"), ban("2001:db8:1::/48"), ban("2001:db8::7"));
    assertThat(refused(rules, "192.0.2.64", "192.0.2.127", "2001:db8:1::", "2001:db8::7")).isTrue();
    assertThat(refused(rules, "2001:db8:1:ffff:ffff:ffff:ffff:ffff")).isTrue();
    for (String other :
        List.of("192.0.2.63", "192.0.2.128", "2001:db8::6", "2001:db8::8", "2001:db8:2::", "::1")) {
      assertThat(refused(rules, other)).as(other).isFalse();
    }
  }

  @Test
  void aBanInAWiderOneChangesNothing() {
    AddressRules rules = rules(ban("198.51.100.7"), ban("198.51.100.0/24"), ban("198.51.100.9"));
    assertThat(refused(rules, "198.51.100.8", "198.51.100.255", "198.51.100.0")).isTrue();
    assertThat(refused(rules, "198.51.101.0")).isFalse();
  }

  @Test
  void aBanOfIpv6IsNotForTheIpv4AddressesThatAreWrittenAsItsOwn() {
    AddressRules rules = rules(ban("::/16"));
    assertThat(refused(rules, "::1")).isTrue();
    assertThat(refused(rules, "192.0.2.1")).isFalse();
  }

  @Test
  void whereOnlySomeAreAllowedTheOthersAreRefusedAndABanOutweighsAList() {
    AddressRules rules =
        rules(
            list("offices", PrefixList.Use.ALLOW, "192.0.2.0/24"),
            list("homes", PrefixList.Use.ALLOW, "198.51.100.0/24"),
            list("clouds", PrefixList.Use.REFUSE, "192.0.2.128/25"),
            ban("198.51.100.7"));
    assertThat(refused(rules, "203.0.113.1", "192.0.2.129", "198.51.100.7", "::1")).isTrue();
    assertThat(refused(rules, "192.0.2.1")).isFalse();
    assertThat(refused(rules, "198.51.100.8")).isFalse();
  }

  @Test
  void whatAChangeLeavesAsItWasIsHandedOnAndWhatItChangesIsMadeAnew() {
    PrefixList clouds = list("clouds", PrefixList.Use.REFUSE, "192.0.2.128/25");
    FleetState first = FleetState.of(1, List.of(clouds, ban("198.51.100.7"), brief("8.8.8.8")));
    AddressRules rules = AddressRules.of(first, NOW, null);

    AddressRules others = AddressRules.of(StateJson.read(StateJson.write(first)), NOW, rules);
    assertThat(others.listed().denied()).isSameAs(rules.listed().denied());
    assertThat(others.listed().lists().getFirst()).as("not those of before").isNotSameAs(clouds);
    assertThat(others.banned().addresses()).isSameAs(rules.banned().addresses());

    AddressRules banned = AddressRules.of(first.with(ban("203.0.113.7")), NOW, rules);
    assertThat(banned.listed().denied()).isSameAs(rules.listed().denied());
    assertThat(refused(banned, "203.0.113.7", "198.51.100.7", "192.0.2.129")).isTrue();

    FleetState more = first.with(list("more", PrefixList.Use.REFUSE, "203.0.113.0/24"));
    AddressRules listed = AddressRules.of(more, NOW, rules);
    assertThat(listed.banned().addresses()).isSameAs(rules.banned().addresses());
    assertThat(refused(listed, "203.0.113.7", "198.51.100.7", "192.0.2.129", "8.8.8.8")).isTrue();

    AddressRules later = AddressRules.of(first, NOW.plusSeconds(1), rules);
    assertThat(later.listed().denied()).isSameAs(rules.listed().denied());
    assertThat(refused(later, "8.8.8.8")).isFalse();
    assertThat(refused(later, "198.51.100.7")).isTrue();
  }

  @Test
  void whatListsTakeIsCountedAndBansAreNot() {
    assertThat(rules(ban("198.51.100.7")).listBytes()).isZero();
    AddressRules rules =
        rules(
            list("offices", PrefixList.Use.ALLOW, "192.0.2.0/24"),
            list("clouds", PrefixList.Use.REFUSE, "2001:db8::7"));
    assertThat(rules.listBytes()).isEqualTo(17 + 9 + 17 + 17);
  }

  @Test
  void thousandsOfPrefixesSayTheSameAsEachOfThemAsked() throws Exception {
    Random random = new Random(6);
    List<Prefix> prefixes = new ArrayList<>();
    while (prefixes.size() < 3_000) {
      prefixes.add(prefix(random));
    }
    PrefixSet set = PrefixSet.of(prefixes);
    int inside = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(address);
      InetAddress asked = InetAddress.getByAddress(near(address, random));
      boolean expected = prefixes.stream().anyMatch(each -> has(each, asked));
      AddressBits bits = AddressBits.of(asked);
      assertThat(set.contains(bits.high(), bits.low())).as("%s", asked).isEqualTo(expected);
      inside += expected ? 1 : 0;
    }
    assertThat(inside).isBetween(1_000, 19_000);
  }

  /** Few different first bytes, so that prefixes and addresses meet. */
  private static byte[] near(byte[] address, Random random) {
    address[0] = 32;
    address[1] = (byte) random.nextInt(8);
    return address;
  }

  private static Prefix prefix(Random random) throws UnknownHostException {
    byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(bytes);
    near(bytes, random);
    int length = 20 + random.nextInt(bytes.length * 8 - 19);
    for (int bit = length; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return new Prefix(InetAddress.getByAddress(bytes), length);
  }

  private static boolean has(Prefix prefix, InetAddress address) {
    byte[] one = prefix.address().getAddress();
    byte[] other = address.getAddress().clone();
    if (one.length != other.length) {
      return false;
    }
    for (int bit = prefix.length(); bit < other.length * 8; bit++) {
      other[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return Arrays.equals(one, other);
  }

  private static Ban ban(String prefix) {
    return new Ban(Prefix.parse(prefix), "a probe", "carol", null);
  }

  private static Ban brief(String prefix) {
    return new Ban(Prefix.parse(prefix), "a probe", "carol", NOW.plusSeconds(1));
  }

  private static PrefixList list(String name, PrefixList.Use use, String prefix) {
    return new PrefixList(name, use, List.of(Prefix.parse(prefix)));
  }

  private static AddressRules rules(Entity... entities) {
    return AddressRules.of(FleetState.of(1, List.of(entities)), NOW, null);
  }

  /** Whether all of them are. */
  private static boolean refused(AddressRules rules, String... addresses) {
    return Arrays.stream(addresses)
        .map(each -> AddressBits.of(InetAddress.ofLiteral(each)))
        .allMatch(each -> rules.refuse(each.high(), each.low()));
  }
}
