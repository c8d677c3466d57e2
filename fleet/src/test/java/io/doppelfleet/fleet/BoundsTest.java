package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of each entity: the last values that are right, and the first that are not. */
class BoundsTest {
  private static final Instant FIRST = Instant.EPOCH;
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");
  private static final String TIMES = ": whole seconds from 1970 to 9999 would be right";
  private static final String NAMES =
      ": 1 to 64 of a-z A-Z 0-9 . _ - beginning with a letter or digit would be right";

  private static Arguments row(String error, Supplier<?> wrong, Supplier<?>... right) {
    return arguments(error, wrong, List.of(right));
  }

  static Stream<Arguments> rows() {
    return Stream.of(secrets(), limits(), bans(), lists(), states()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> secrets() {
    return Stream.of(
        row("name is \"\"" + NAMES, () -> secret("", 1), () -> secret("a", 1)),
        row(
            "name is \"" + "a".repeat(65) + "\"" + NAMES,
            () -> secret("a".repeat(65), 1),
            () -> secret("a".repeat(64), 1)),
        row("keys' count is 0: 1 to 16 would be right", () -> secret("a", 0)),
        row(
            "keys' count is 17: 1 to 16 would be right",
            () -> secret("a", 17),
            () -> secret("a", 16)),
        row(
            "keys has generation 1 after 1: ascending ones would be right",
            () -> new FleetSecret("a", List.of(key(1, 1), key(1, 2)), Limits.NONE, Set.of())),
        row(
            "keys has one key in two generations, 2 is the second: a new key would be right",
            () -> new FleetSecret("a", List.of(key(1, 1), key(2, 1)), Limits.NONE, Set.of())),
        row(
            "keys has the host names h and i: one would be right",
            () ->
                new FleetSecret(
                    "a",
                    List.of(key(1, 1), new KeyGeneration(2, Secret.of(bytes(2), "i"), FIRST, null)),
                    Limits.NONE,
                    Set.of())),
        row(
            "labels' count is 17: 0 to 16 would be right",
            () -> labelled(17),
            () -> labelled(16),
            () -> labelled(0)),
        row(
            "labels is \"a b\"" + NAMES,
            () -> new FleetSecret("a", List.of(key(1, 1)), Limits.NONE, Set.of("a b"))),
        row(
            "generation is 0: 1 to 2147483647 would be right",
            () -> key(0, 1),
            () -> key(1, 1),
            () -> key(Integer.MAX_VALUE, 1)),
        row(
            "from is 1969-12-31T23:59:59Z" + TIMES,
            () -> valid(FIRST.minusSeconds(1), null),
            () -> valid(FIRST, null)),
        row(
            "from is +10000-01-01T00:00:00Z" + TIMES,
            () -> valid(LAST.plusSeconds(1), null),
            () -> valid(LAST, null)),
        row("from is 1970-01-01T00:00:00.001Z" + TIMES, () -> valid(FIRST.plusMillis(1), null)),
        row("until is +10000-01-01T00:00:00Z" + TIMES, () -> valid(FIRST, LAST.plusSeconds(1))),
        row(
            "until is 1970-01-01T00:00:00Z: a time after 1970-01-01T00:00:00Z would be right",
            () -> valid(FIRST, FIRST),
            () -> valid(FIRST, FIRST.plusSeconds(1)),
            () -> valid(FIRST, LAST)));
  }

  private static Stream<Arguments> limits() {
    long most = 1L << 60;
    return Stream.of(
        row(
            "connections is 0: 1 to 1000000 would be right",
            () -> connections(0),
            () -> connections(1)),
        row(
            "connections is 1000001: 1 to 1000000 would be right",
            () -> connections(1_000_001),
            () -> connections(1_000_000)),
        row(
            "count is 0: 1 to 1000000 would be right",
            () -> addresses(0, 60),
            () -> addresses(1, 60)),
        row(
            "count is 1000001: 1 to 1000000 would be right",
            () -> addresses(1_000_001, 60),
            () -> addresses(1_000_000, 60)),
        row(
            "window is PT59S: whole seconds, 60 to 2678400 of them, would be right",
            () -> addresses(1, 59)),
        row(
            "window is PT744H1S: whole seconds, 60 to 2678400 of them, would be right",
            () -> addresses(1, 2_678_401),
            () -> addresses(1, 2_678_400)),
        row(
            "rate is 1023: 1024 to 1099511627776 would be right",
            () -> rate(1023),
            () -> rate(1024)),
        row(
            "rate is 1099511627777: 1024 to 1099511627776 would be right",
            () -> rate((1L << 40) + 1),
            () -> rate(1L << 40)),
        row(
            "bytes.day is 0: 1 to 1152921504606846976 would be right",
            () -> bytes(Limits.Period.DAY, 0),
            () -> bytes(Limits.Period.DAY, 1)),
        row(
            "bytes.week is 1152921504606846977: 1 to 1152921504606846976 would be right",
            () -> bytes(Limits.Period.WEEK, most + 1),
            () -> bytes(Limits.Period.WEEK, most)),
        row(
            "bytes.month is -1: 1 to 1152921504606846976 would be right",
            () -> bytes(Limits.Period.MONTH, -1),
            () -> bytes(Limits.Period.MONTH, most)),
        row(
            "bytes.total is -9223372036854775808: 1 to 1152921504606846976 would be right",
            () -> bytes(Limits.Period.TOTAL, Long.MIN_VALUE),
            () -> bytes(Limits.Period.TOTAL, most)),
        row("expiry is 1969-12-31T23:59:59Z" + TIMES, () -> expiry(FIRST.minusSeconds(1))),
        row(
            "expiry is +10000-01-01T00:00:00Z" + TIMES,
            () -> expiry(LAST.plusSeconds(1)),
            () -> expiry(LAST)),
        row(
            "overlap is PT-1S: whole seconds, 0 to 31536000 of them, would be right",
            () -> overlap(-1),
            () -> overlap(0)),
        row(
            "overlap is PT8760H1S: whole seconds, 0 to 31536000 of them, would be right",
            () -> overlap(31_536_001),
            () -> overlap(31_536_000)));
  }

  private static Stream<Arguments> bans() {
    String line = ": one line of 1 to %d characters, not all of them blank, would be right";
    return Stream.of(
        row(
            "prefix is 10.0.0.0/7: a range of /8 or longer would be right",
            () -> ban("10.0.0.0/7", "r", "a", null),
            () -> ban("10.0.0.0/8", "r", "a", null),
            () -> ban("10.0.0.1/32", "r", "a", null)),
        row(
            "prefix is 2000::/15: a range of /16 or longer would be right",
            () -> ban("2000::/15", "r", "a", null),
            () -> ban("2001::/16", "r", "a", null),
            () -> ban("2001::1/128", "r", "a", null)),
        row(
            "reason is \"" + "r".repeat(80) + "…\"" + line.formatted(200),
            () -> ban("192.0.2.1", "r".repeat(201), "a", null),
            () -> ban("192.0.2.1", "r".repeat(200), "a", null)),
        row(
            "author is \"\"" + line.formatted(64),
            () -> ban("192.0.2.1", "r", "", null),
            () -> ban("192.0.2.1", "r", "a", null)),
        row(
            "author is \"" + "a".repeat(65) + "\"" + line.formatted(64),
            () -> ban("192.0.2.1", "r", "a".repeat(65), null),
            () -> ban("192.0.2.1", "r", "a".repeat(64), null)),
        row(
            "expiry is 1970-01-01T00:00:00.500Z" + TIMES,
            () -> ban("192.0.2.1", "r", "a", FIRST.plusMillis(500)),
            () -> ban("192.0.2.1", "r", "a", FIRST)));
  }

  private static Stream<Arguments> lists() {
    return Stream.of(
        row("name is \"a/b\"" + NAMES, () -> list("a/b", 1), () -> list("a-b", 1)),
        row("prefixes' count is 0: 1 to 10000 would be right", () -> list("a", 0)),
        row(
            "prefixes' count is 10001: 1 to 10000 would be right",
            () -> list("a", 10_001),
            () -> list("a", 10_000)),
        row(
            "prefixes has 192.0.2.1/32 twice: once would be right",
            () ->
                new PrefixList(
                    "a",
                    PrefixList.Use.ALLOW,
                    List.of(Prefix.parse("192.0.2.1"), Prefix.parse("192.0.2.1/32")))));
  }

  private static Stream<Arguments> states() {
    Ban ban = ban("192.0.2.1", "r", "a", null);
    return Stream.of(
        row(
            "revision is -1: 1 or more would be right",
            () -> FleetState.of(-1, List.of()),
            () -> FleetState.of(1, List.of()),
            () -> FleetState.of(Long.MAX_VALUE, List.of())),
        row(
            "bans.192.0.2.1/32 is there twice: once would be right",
            () -> FleetState.of(1, List.of(ban, ban("192.0.2.1/32", "q", "b", null))),
            () -> FleetState.of(1, List.of(ban))),
        row(
            "lists.a is there twice: once would be right",
            () -> FleetState.of(1, List.of(list("a", 1), list("a", 2))),
            () -> FleetState.of(1, List.of(list("a", 1), list("b", 1)))),
        row(
            "secrets.a is there twice: once would be right",
            () ->
                FleetState.of(
                    1,
                    List.of(
                        secret("a", 1),
                        new FleetSecret("a", List.of(key(1, 99)), Limits.NONE, Set.of())))));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theFirstThatIsNotRightIsSaidWithWhatWouldBeAndTheLastIsTaken(
      String error, Supplier<?> wrong, List<Supplier<?>> right) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(wrong::get)
        .withMessage(error);
    for (Supplier<?> each : right) {
      assertThat(each.get()).isNotNull();
    }
  }

  private static FleetSecret secret(String name, int keys) {
    List<KeyGeneration> all = new ArrayList<>();
    for (int i = 1; i <= keys; i++) {
      all.add(key(i, i));
    }
    return new FleetSecret(name, all, Limits.NONE, Set.of());
  }

  private static FleetSecret labelled(int labels) {
    return new FleetSecret(
        "a",
        List.of(key(1, 1)),
        Limits.NONE,
        IntStream.range(0, labels).mapToObj(i -> "l" + i).collect(Collectors.toSet()));
  }

  private static KeyGeneration key(int generation, int fill) {
    return new KeyGeneration(generation, Secret.of(bytes(fill), "h"), FIRST, null);
  }

  private static KeyGeneration valid(Instant from, @Nullable Instant until) {
    return new KeyGeneration(1, Secret.of(bytes(1), "h"), from, until);
  }

  private static byte[] bytes(int fill) {
    byte[] bytes = new byte[Secret.KEY_LENGTH];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  private static Limits connections(int connections) {
    return new Limits(connections, null, Map.of(), null, null);
  }

  private static Limits.AddressLimit addresses(int count, long seconds) {
    return new Limits.AddressLimit(count, Duration.ofSeconds(seconds));
  }

  private static Limits bytes(Limits.Period period, long bytes) {
    return new Limits(null, null, Map.of(period, bytes), null, null);
  }

  private static Limits rate(long rate) {
    return new Limits(null, null, Map.of(), rate, null);
  }

  private static Limits expiry(Instant expiry) {
    return new Limits(null, null, Map.of(), null, expiry);
  }

  private static Settings overlap(long seconds) {
    return new Settings(Limits.NONE, Duration.ofSeconds(seconds));
  }

  private static Ban ban(String prefix, String reason, String author, @Nullable Instant expiry) {
    return new Ban(Prefix.parse(prefix), reason, author, expiry);
  }

  private static PrefixList list(String name, int prefixes) {
    return new PrefixList(
        name,
        PrefixList.Use.REFUSE,
        IntStream.range(0, prefixes)
            .mapToObj(i -> Prefix.parse("10.0." + (i >> 8) + "." + (i & 0xff)))
            .toList());
  }
}
