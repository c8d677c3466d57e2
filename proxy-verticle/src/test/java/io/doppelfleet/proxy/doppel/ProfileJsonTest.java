package io.doppelfleet.proxy.doppel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.hello.HelloKind;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileJsonTest {
  static final Profile PROFILE =
      new Profile(
          new HostPort("www.example.org", 443),
          Instant.parse("2026-11-25T07:25:18.123456Z"),
          List.of(412, 398),
          List.of(
              new FlightModel(
                  "a.example.org",
                  new HelloKind("0123456789abcdef"),
                  true,
                  0x1302,
                  0x11ec,
                  List.of(43, 51),
                  List.of(new FlightModel.Answer(List.of(36, 441, 96, 53), 950)))),
          new Traffic(
              "h2",
              16_401,
              List.of(255, 255),
              List.of(new Traffic.Response(List.of(255, 255, 190), List.of(900, 0, 0), 700)),
              List.of(new Traffic.Response(List.of(330, 16_401), List.of(1200, 0), 16_731))));

  @Property(tries = 200)
  void readingWhatWasWrittenGivesTheSame(@ForAll("profiles") Profile profile) throws Exception {
    assertThat(ProfileJson.read(ProfileJson.write(profile))).isEqualTo(profile);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\" : 3 | \"format\" : 1 | format: a whole number in 2..2147483647 is right",
        "\"format\" : 3 | \"form\" : 3 | format is missing",
        "\"format\" : 3 | \"format\" : 2 | flights[0].host is no field of this form",
        "\"host\" : \"a.example.org\" | \"host\" : 7 | flights[0].host: a text is right",
        "www.example.org:443 | www.example.org | site: HOST:PORT is right",
        "2026-11-25 | yesterday | learnt: a time like 2026-11-25T07:25:18Z is right",
        "412 | -1 | dialMicros[0]: a whole number in 0..60000000 is right",
        "398 | 39.8 | dialMicros[1]: a whole number in 0..60000000 is right",
        "0123456789abcdef | x | flights[0].kind: 16 hex digits is right",
        "4866 | 49195 | flights[0].suite: a whole number in 4865..4867 is right",
        "441 | 0 | flights[0].answers[0].sealed[1]: a whole number in 1..16640 is right",
        "950 | \"950\" | flights[0].answers[0].delayMicros: a whole number in 0..60000000 is right",
        "\"steady\" : 16401 | \"steady\" : 16402 | traffic.steady: a whole number in 1..16401 is right",
        "\"h2\" | \"h3\" | traffic.protocol: h2 or http/1.1 is right",
        "[ 1200, 0 ] | [ 1200 ] | traffic.responses[0].gapsMicros: as many as sizes, 2, is right",
        "[ 900, 0, 0 ] | [ 0 ] | traffic.firsts[0].gapsMicros: as many as sizes, 3, is right",
        "\"bytes\" : 16731 | \"bytes\" : 16731, \"more\" : 1 | traffic.responses[0].more is no field of this form",
      })
  void anErrorNamesItsFieldAndWhatWouldBeRight(String there, String instead, String message) {
    String text = ProfileJson.write(PROFILE);
    assertThat(text).contains(there);
    assertThatThrownBy(() -> ProfileJson.read(text.replace(there, instead)))
        .isInstanceOf(ProfileFormatException.class)
        .hasMessage(message);
  }

  @Test
  void onlyALaterFormatIsNewer() {
    String text = ProfileJson.write(PROFILE);
    assertThatThrownBy(() -> ProfileJson.read(text.replace("\"format\" : 3", "\"format\" : 4")))
        .isInstanceOfSatisfying(ProfileFormatException.class, e -> assertThat(e.isNewer()).isTrue())
        .hasMessage("format is 4, this version reads 3");
    assertThatThrownBy(() -> ProfileJson.read(text.replace("4866", "1")))
        .isInstanceOfSatisfying(
            ProfileFormatException.class, e -> assertThat(e.isNewer()).isFalse());
  }

  @Test
  void aFlightIsThatOfItsNameBeforeThatOfItsKind() {
    HelloKind kind = new HelloKind("0123456789abcdef");
    HelloKind other = new HelloKind("00000000000000ff");
    List<FlightModel> flights =
        List.of(flight("a", kind, true), flight("a", other, false), flight("b", kind, true));
    Profile profile = new Profile(new HostPort("a", 443), Instant.EPOCH, List.of(), flights, null);
    assertThat(profile.flight("a", kind, true)).isEqualTo(flights.get(0));
    assertThat(profile.flight("b", kind, true)).isEqualTo(flights.get(2));
    assertThat(profile.flight("a", new HelloKind("11"), true)).isEqualTo(flights.get(0));
    assertThat(profile.flight("b", other, false)).as("of another name").isEqualTo(flights.get(1));
    assertThat(profile.flight("c", new HelloKind("11"), false)).isEqualTo(flights.get(1));
    assertThat(profile.flight(null, kind, true)).as("the last").isEqualTo(flights.get(2));
  }

  private static FlightModel flight(String host, HelloKind kind, boolean hybrid) {
    List<FlightModel.Answer> answers = List.of(new FlightModel.Answer(List.of(900), 1));
    return new FlightModel(host, kind, hybrid, 0x1301, 0x1d, List.of(43, 51), answers);
  }

  @Property(tries = 200)
  void noTextIsAnythingButAProfileOrNone(@ForAll String text) {
    assertThatThrownBy(() -> ProfileJson.read(text)).isInstanceOf(ProfileFormatException.class);
  }

  @Provide
  Arbitrary<Profile> profiles() {
    Arbitrary<List<Integer>> times = Arbitraries.integers().between(0, 60_000_000).list();
    Arbitrary<Traffic> traffic =
        Combinators.combine(
                Arbitraries.of("h2", "http/1.1"),
                Arbitraries.integers().between(1, 16_401),
                Arbitraries.integers().between(1, 16_640).list().ofMaxSize(8),
                responses().list().ofMaxSize(4),
                responses().list().ofMaxSize(8))
            .as(Traffic::new);
    return Combinators.combine(
            Arbitraries.of("cover.example", "127.0.0.1", "2001:db8::1"),
            Arbitraries.integers().between(0, 65_535),
            Arbitraries.longs().between(0, 1L << 40),
            times,
            flights().list().ofMaxSize(4),
            traffic.injectNull(0.2))
        .as(
            (host, port, learnt, dials, flights, pages) ->
                new Profile(
                    new HostPort(host, port), Instant.ofEpochMilli(learnt), dials, flights, pages));
  }

  private static Arbitrary<FlightModel> flights() {
    Arbitrary<FlightModel.Answer> answers =
        Combinators.combine(
                Arbitraries.integers().between(1, 16_640).list().ofMinSize(1).ofMaxSize(6),
                Arbitraries.integers().between(0, 60_000_000))
            .as(FlightModel.Answer::new);
    return Combinators.combine(
            Arbitraries.of("a.example.org", "b.example.org"),
            Arbitraries.strings().withChars("0123456789abcdef").ofLength(16).map(HelloKind::new),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0x1301, 0x1303),
            Arbitraries.integers().between(1, 0xffff),
            Arbitraries.integers().between(0, 0xffff).list().ofMaxSize(4),
            answers.list().ofMinSize(1).ofMaxSize(8))
        .as(FlightModel::new);
  }

  private static Arbitrary<Traffic.Response> responses() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 16_640).list().ofMaxSize(20),
            Arbitraries.integers().between(0, 60_000_000),
            Arbitraries.longs().greaterOrEqual(0))
        .as(
            (sizes, gap, bytes) ->
                new Traffic.Response(sizes, sizes.stream().map(size -> gap).toList(), bytes));
  }
}
