package io.doppelfleet.fleet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Any states at all, within their bounds. Their entities are in the order of their ids. */
final class States {
  private States() {}

  static Arbitrary<FleetState> any() {
    return Combinators.combine(
            Arbitraries.longs().between(1, Long.MAX_VALUE),
            secrets(),
            bans().list().ofMaxSize(4),
            lists().list().ofMaxSize(3),
            settings())
        .as(
            (revision, secrets, bans, lists, settings) ->
                new FleetState(revision, secrets, ordered(bans), ordered(lists), settings));
  }

  private static Arbitrary<List<FleetSecret>> secrets() {
    return secret()
        .list()
        .ofMaxSize(5)
        .map(
            secrets -> {
              List<FleetSecret> unlike = new ArrayList<>();
              int next = 0;
              for (FleetSecret secret : ordered(secrets)) {
                List<KeyGeneration> keys = new ArrayList<>();
                for (KeyGeneration key : secret.keys()) {
                  byte[] bytes = key.secret().key();
                  bytes[0] = (byte) next++; // no two keys of the state are alike
                  keys.add(
                      new KeyGeneration(
                          key.generation(),
                          Secret.of(bytes, secret.host()),
                          key.from(),
                          key.until()));
                }
                unlike.add(new FleetSecret(secret.name(), keys, secret.limits(), secret.labels()));
              }
              return unlike;
            });
  }

  private static Arbitrary<FleetSecret> secret() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofSize(Secret.KEY_LENGTH);
    Arbitrary<Integer> generations = Arbitraries.integers().between(1, Integer.MAX_VALUE);
    return Combinators.combine(
            names(),
            Arbitraries.of("www.example.org", "a.example", "b"),
            generations.set().ofMinSize(1).ofMaxSize(3),
            bytes.list().ofSize(3),
            Combinators.combine(times(), times().optional()).as(Tuple::of),
            limits(),
            names().set().ofMaxSize(3))
        .as(
            (name, host, numbers, keys, validity, limits, labels) -> {
              List<KeyGeneration> all = new ArrayList<>();
              Instant from = validity.get1();
              Instant until = validity.get2().filter(from::isBefore).orElse(null);
              for (int number : numbers.stream().sorted().toList()) {
                byte[] key = keys.get(all.size()).clone();
                key[0] = (byte) all.size();
                all.add(new KeyGeneration(number, Secret.of(key, host), from, until));
              }
              return new FleetSecret(name, all, limits, labels);
            });
  }

  private static Arbitrary<Limits> limits() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 1_000_000).injectNull(0.5),
            Combinators.combine(
                    Arbitraries.integers().between(1, 1_000_000),
                    Arbitraries.integers().between(60, 31 * 86_400))
                .as((count, window) -> new Limits.AddressLimit(count, Duration.ofSeconds(window)))
                .injectNull(0.5),
            Arbitraries.maps(
                    Arbitraries.of(Limits.Period.class), Arbitraries.longs().between(1, 1L << 60))
                .ofMaxSize(4),
            Arbitraries.longs().between(1 << 10, 1L << 40).injectNull(0.5),
            times().injectNull(0.5))
        .as(States::limits);
  }

  private static Limits limits(
      @Nullable Integer connections,
      Limits.@Nullable AddressLimit addresses,
      Map<Limits.Period, Long> bytes,
      @Nullable Long rate,
      @Nullable Instant expiry) {
    return new Limits(connections, addresses, bytes, rate, expiry);
  }

  private static Arbitrary<Ban> bans() {
    Arbitrary<String> line =
        Arbitraries.strings()
            .withChars("aZ09 \"\\{}:,éß漢\u00a0")
            .ofMinLength(1)
            .ofMaxLength(60)
            .filter(text -> !text.isBlank());
    return Combinators.combine(prefixes(16), line, line, times().optional())
        .as(
            (prefix, reason, author, expiry) ->
                new Ban(prefix, reason, author, expiry.orElse(null)));
  }

  private static Arbitrary<PrefixList> lists() {
    return Combinators.combine(
            names(),
            Arbitraries.of(PrefixList.Use.class),
            prefixes(0).set().ofMinSize(1).ofMaxSize(5))
        .as((name, use, prefixes) -> new PrefixList(name, use, List.copyOf(prefixes)));
  }

  private static Arbitrary<Settings> settings() {
    return Combinators.combine(limits(), Arbitraries.integers().between(0, 365 * 86_400))
        .as((limits, overlap) -> new Settings(limits, Duration.ofSeconds(overlap)));
  }

  /** Of both families; zeros are frequent, which texts of IPv6 leave out. */
  static Arbitrary<Prefix> prefixes(int least) {
    Arbitrary<Byte> bytes =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just((byte) 0)), Tuple.of(2, Arbitraries.bytes()));
    return Combinators.combine(
            Arbitraries.of(4, 16),
            bytes.array(byte[].class).ofSize(16),
            Arbitraries.integers().between(0, 128))
        .as(
            (size, address, length) -> {
              int bits = Math.max(Math.min(length, size * 8), least);
              byte[] first = new byte[size];
              for (int i = 0; i < bits; i++) {
                first[i / 8] |= (byte) (address[i / 8] & 0x80 >> i % 8);
              }
              return new Prefix(address(first), bits);
            })
        // The JDK takes such an address for one of IPv4.
        .filter(prefix -> prefix.address().getAddress().length == 4 || !isMapped(prefix));
  }

  private static boolean isMapped(Prefix prefix) {
    byte[] bytes = prefix.address().getAddress();
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .numeric()
        .ofMinLength(1)
        .ofMaxLength(64);
  }

  static Arbitrary<Instant> times() {
    return Arbitraries.longs().between(0, 253_402_300_799L).map(Instant::ofEpochSecond);
  }

  private static <T extends Entity> List<T> ordered(List<T> all) {
    Map<String, T> byId = new TreeMap<>();
    all.forEach(each -> byId.put(each.id(), each));
    return List.copyOf(byId.values());
  }
}
