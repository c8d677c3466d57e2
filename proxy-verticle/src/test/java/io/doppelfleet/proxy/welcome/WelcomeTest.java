package io.doppelfleet.proxy.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.FlightModel.Answer;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flight is the cover's in suite, group, order and length, as far as the hello allows. */
final class WelcomeTest {
  private static final HostPort SITE = new HostPort("www.google.com", 443);

  private static final int X25519 = ClientHello.X25519;
  private static final int HYBRID = ClientHello.X25519_MLKEM768;
  private static final int P256 = 0x0017;

  /** The records of OpenSSL's encrypted handshake, with signatures of 70 and of 72 bytes. */
  private static final List<Answer> FOUR_RECORDS =
      List.of(new Answer(List.of(36, 441, 96, 53), 900), new Answer(List.of(36, 441, 98, 53), 950));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mtcute-clienthello-1",
        "tdesktop465-clienthello-1",
        "tdesktop465-clienthello-2",
        "tdesktop465-clienthello-3",
        "tdesktop465-clienthello-4",
        "tdlib-clienthello-1",
        "tdlib-clienthello-2",
        "tdlib-clienthello-3",
        "tdlib-clienthello-4",
        "tdlib-clienthello-5"
      })
  void aCapturedHelloIsAnsweredAsTheCoverAnswersIt(String name) throws Exception {
    ClientHello hello = captured(name);
    for (int suite : new int[] {0x1301, 0x1302, 0x1303}) {
      for (List<Integer> order : List.of(List.of(43, 51), List.of(51, 43))) {
        for (int group : new int[] {X25519, HYBRID}) {
          Flight flight = flight(hello, model(hello, suite, group, order, FOUR_RECORDS));
          assertThat(flight.suite).isEqualTo(suite);
          assertThat(flight.order).isEqualTo(order);
          boolean sent = hello.share(group) != null;
          assertThat(flight.group).isEqualTo(sent ? group : X25519);
          assertThat(flight.sealed).isIn(36 + 441 + 96 + 53 + 15, 36 + 441 + 98 + 53 + 15);
        }
      }
    }
  }

  @Test
  void theLengthsAreSpreadAsTheCoversAre() throws Exception {
    ClientHello hello = captured("tdlib-clienthello-1");
    FlightModel model = model(hello, 0x1301, X25519, List.of(43, 51), FOUR_RECORDS);
    Welcome welcome = welcome(model);
    long shorter =
        IntStream.range(0, 200)
            .filter(i -> Flight.of(welcome, hello).sealed == 36 + 441 + 96 + 53 + 15)
            .count();
    assertThat(shorter).isBetween(60L, 140L);
  }

  @Test
  void aFlightThatClientsWouldNotTakeIsAsLongAsTheyTake() throws Exception {
    ClientHello hello = captured("mtcute-clienthello-1");
    List<Answer> endless = List.of(new Answer(List.of(8_000, 8_000), 900));
    assertThat(flight(hello, model(hello, 0x1301, X25519, List.of(43, 51), endless)).sealed)
        .isEqualTo(10_240);
    List<Answer> none = List.of(new Answer(List.of(0), 900));
    assertThat(flight(hello, model(hello, 0x1301, X25519, List.of(43, 51), none)).sealed)
        .isEqualTo(1);
  }

  @Test
  void aCoverThatAsksForAnotherHelloOrASuiteThatWasNotOfferedIsNotFollowed() throws Exception {
    ClientHello hello = captured("tdlib-clienthello-1");
    Flight retry = flight(hello, model(hello, 0x1302, P256, List.of(43, 51), FOUR_RECORDS));
    assertThat(retry.group).isEqualTo(HYBRID);
    assertThat(retry.suite).isEqualTo(0x1302);
    Flight foreign = flight(hello, model(hello, 0x1304, X25519, List.of(43, 51), FOUR_RECORDS));
    assertThat(foreign.group).isEqualTo(X25519);
    assertThat(foreign.suite).isIn(0x1301, 0x1302, 0x1303);
  }

  @Test
  void whatElseAProfileNamesIsLeftOut() throws Exception {
    ClientHello hello = captured("mtcute-clienthello-1");
    assertThat(flight(hello, model(hello, 0x1301, X25519, List.of(51, 16, 43), FOUR_RECORDS)).order)
        .containsExactly(51, 43);
    assertThat(flight(hello, model(hello, 0x1301, X25519, List.of(), FOUR_RECORDS)).order)
        .containsExactly(43, 51);
    assertThat(flight(hello, model(hello, 0x1301, X25519, List.of(51), FOUR_RECORDS)).order)
        .containsExactlyInAnyOrder(43, 51);
  }

  @Test
  void aHelloOfAnotherKindIsAnsweredAsOneThatIsLikeIt() throws Exception {
    ClientHello hello = captured("tdlib-clienthello-1");
    HelloKind other = HelloKind.of(captured("tdesktop465-clienthello-1"));
    FlightModel like =
        new FlightModel(SITE.host(), other, true, 0x1303, X25519, List.of(51, 43), FOUR_RECORDS);
    Flight flight = flight(hello, like);
    assertThat(flight.suite).isEqualTo(0x1303);
    assertThat(flight.group).isEqualTo(X25519);
  }

  @Test
  void eachNameOfTheCoverIsAnsweredAsTheCoverAnswersForIt() throws Exception {
    ClientHello hello = captured("mtcute-clienthello-1");
    FlightModel own = model(hello, 0x1301, X25519, List.of(43, 51), FOUR_RECORDS);
    List<Answer> longer = List.of(new Answer(List.of(4_000), 900));
    FlightModel others =
        new FlightModel(
            "other.example", own.kind(), own.hybrid(), 0x1302, X25519, List.of(43, 51), longer);
    assertThat(hello.serverName()).isEqualTo(SITE.host());
    for (List<FlightModel> learnt : List.of(List.of(own, others), List.of(others, own))) {
      Profile profile = new Profile(SITE, Instant.EPOCH, List.of(), learnt, null);
      Flight flight = Flight.of(new Welcome(new SecureRandom(), new Doppel(profile)), hello);
      assertThat(flight.suite).isEqualTo(0x1301);
      assertThat(flight.sealed).isLessThan(700);
    }
  }

  @Test
  void beforeTheCoverWasAskedAFlightIsLegalToo() throws Exception {
    ClientHello hello = captured("tdlib-clienthello-1");
    Welcome welcome = new Welcome(new SecureRandom(), new Doppel(Profile.unknown(SITE)));
    Flight flight = Flight.of(welcome, hello);
    assertThat(flight.group).isEqualTo(HYBRID);
    assertThat(flight.order).containsExactly(43, 51);
    assertThat(flight.sealed).isBetween(2_300, 3_200);
  }

  @Test
  void whatIsLearntHoldsFromTheNextHelloOn() throws Exception {
    ClientHello hello = captured("mtcute-clienthello-1");
    Doppel doppel = new Doppel(Profile.unknown(SITE));
    Welcome welcome = new Welcome(new SecureRandom(), doppel);
    assertThat(Flight.of(welcome, hello).sealed).isGreaterThan(2_000);
    doppel.learnt(profile(model(hello, 0x1303, X25519, List.of(51, 43), FOUR_RECORDS)));
    assertThat(Flight.of(welcome, hello).sealed).isLessThan(700);
  }

  @Test
  void thePointsOfManyServerHellosInARowAreOnTheCurveAndNeverTheSame() throws Exception {
    for (String name : List.of("tdlib-clienthello-1", "tdesktop465-clienthello-1")) {
      ClientHello hello = captured(name);
      Welcome welcome = welcome(model(hello, 0x1302, HYBRID, List.of(51, 43), FOUR_RECORDS));
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 40; i++) { // of random bytes, half would be on the twist
        byte[] share = Flight.of(welcome, hello).share;
        byte[] point = Arrays.copyOfRange(share, share.length - 32, share.length);
        assertThat(isOnCurve(point)).isTrue();
        assertThat(seen.add(HexFormat.of().formatHex(point))).isTrue();
      }
    }
  }

  /** Whether v² = u³ + 486662 u² + u has a solution modulo 2^255 - 19 (RFC 7748, 4.1). */
  private static boolean isOnCurve(byte[] point) {
    byte[] bigEndian = new byte[point.length];
    for (int i = 0; i < point.length; i++) {
      bigEndian[i] = point[point.length - 1 - i];
    }
    BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    BigInteger u = new BigInteger(1, bigEndian);
    BigInteger square = u.pow(3).add(u.pow(2).multiply(BigInteger.valueOf(486662))).add(u).mod(p);
    return u.compareTo(p) < 0 && square.modPow(p.shiftRight(1), p).equals(BigInteger.ONE);
  }

  private static FlightModel model(
      ClientHello hello, int suite, int group, List<Integer> order, List<Answer> answers) {
    return new FlightModel(
        SITE.host(),
        HelloKind.of(hello),
        hello.share(HYBRID) != null,
        suite,
        group,
        order,
        answers);
  }

  private static Profile profile(FlightModel model) {
    return new Profile(SITE, Instant.EPOCH, List.of(), List.of(model), null);
  }

  private static Welcome welcome(FlightModel model) {
    return new Welcome(new SecureRandom(), new Doppel(profile(model)));
  }

  private static Flight flight(ClientHello hello, FlightModel model) {
    return Flight.of(welcome(model), hello);
  }

  private static ClientHello captured(String name) throws IOException {
    try (InputStream in = WelcomeTest.class.getResourceAsStream("/clienthello/" + name + ".bin")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return ((HelloReader.Reading.Whole) HelloReader.read(Unpooled.wrappedBuffer(bytes))).hello();
    }
  }
}
