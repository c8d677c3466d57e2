package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Entities for tests. */
final class Examples {
  static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
  static final String HOST = "www.example.org";

  static final Limits LIMITS =
      new Limits(
          8,
          new Limits.AddressLimit(3, Duration.ofDays(1)),
          Map.of(Limits.Period.DAY, 1L << 30, Limits.Period.TOTAL, 1L << 40),
          1L << 20,
          NOON.plus(Duration.ofDays(30)));

  static final PrefixList OFFICES =
      new PrefixList(
          "offices",
          PrefixList.Use.ALLOW,
          List.of(Prefix.parse("192.0.2.0/24"), Prefix.parse("2001:db8::/32")));

  static final Settings SETTINGS = new Settings(LIMITS, Duration.ofHours(6));

  private Examples() {}

  /** A key that no other number has. */
  static Secret key(int number) {
    byte[] key = new byte[Secret.KEY_LENGTH];
    ByteBuffer.wrap(key).putLong(0x7a11_5ec7_e700_0000L).putInt(number).putInt(0x0dd_ba11);
    return Secret.of(key, HOST);
  }

  static KeyGeneration generation(int number, Secret key) {
    return new KeyGeneration(number, key, NOON, null);
  }

  static FleetSecret secret(String name, KeyGeneration... keys) {
    return new FleetSecret(name, List.of(keys), Limits.NONE, Set.of());
  }

  static FleetSecret limited(FleetSecret secret, Limits limits) {
    return new FleetSecret(secret.name(), secret.keys(), limits, secret.labels());
  }

  static Ban ban(int number) {
    String prefix = "198.18." + (number >> 8) + "." + (number & 0xff) + "/32";
    return new Ban(Prefix.parse(prefix), "probes", "carol", NOON.plusSeconds(number));
  }
}
