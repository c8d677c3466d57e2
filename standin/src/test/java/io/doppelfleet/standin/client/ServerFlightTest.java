package io.doppelfleet.standin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServerFlightTest {
  private static final Secret SECRET =
      Secret.of(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"), "www.google.com");
  private static final byte[] CHANGE_CIPHER_SPEC = {0x14, 3, 3, 0, 1, 1};
  private static final ClientKeys KEYS = ClientKeys.generate();

  @Test
  void takesX25519() throws Exception {
    ClientHello hello = Hellos.classic(SECRET).build();

    ServerFlight flight = answered(hello, new Flight(hello, Group.X25519).toBytes());

    assertThat(flight).isEqualTo(new ServerFlight(0x1301, Group.X25519, 122, 1000));
  }

  @Test
  void takesX25519MlKem768() throws Exception {
    ClientHello hello = Hellos.hybrid(SECRET).build();

    ServerFlight flight = answered(hello, new Flight(hello, Group.X25519MLKEM768).toBytes());

    assertThat(flight.group()).isEqualTo(Group.X25519MLKEM768);
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        broken(Rule.HANDSHAKE_RECORD_FIRST, f -> f.firstHeader[0] = 0x15),
        broken(Rule.RECORD_VERSION, f -> f.firstHeader[2] = 1),
        broken(Rule.RECORD_VERSION, f -> f.application[2] = 4),
        broken(Rule.ONE_CHANGE_CIPHER_SPEC, f -> f.changeCipherSpec = new byte[0]),
        broken(
            Rule.ONE_CHANGE_CIPHER_SPEC,
            f -> f.changeCipherSpec = Flight.join(CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC)),
        broken(Rule.ONE_CHANGE_CIPHER_SPEC, f -> f.changeCipherSpec[5] = 2),
        broken(
            Rule.ONE_CHANGE_CIPHER_SPEC,
            f ->
                f.changeCipherSpec =
                    Flight.join(Flight.record(0x16, new byte[9]), CHANGE_CIPHER_SPEC)),
        broken(Rule.ONE_APPLICATION_RECORD, f -> f.application[0] = 0x16),
        broken(Rule.FLIGHT_LENGTHS, f -> f.application = Flight.record(0x17, new byte[0])),
        broken(Rule.FLIGHT_LENGTHS, f -> f.application = Flight.record(0x17, new byte[10241])),
        broken(Rule.FLIGHT_LENGTHS, f -> f.afterServerHello = new byte[10240]),
        broken(Rule.QUIET_UNTIL_CLIENT_DATA, f -> f.after = Flight.record(0x17, new byte[50])),
        broken(Rule.RANDOM_IS_DIGEST, f -> f.signed = false),
        broken(Rule.SERVER_HELLO_FORM, f -> f.afterServerHello = new byte[6]),
        broken(Rule.SERVER_HELLO_FORM, f -> f.moreExtensions = new byte[] {0, 1, 0, 9, 1}),
        broken(Rule.LEGACY_VERSION, f -> f.legacyVersion = 0x0304),
        broken(Rule.SESSION_ID_ECHOED, f -> f.sessionId[31] ^= 1),
        broken(Rule.SESSION_ID_ECHOED, f -> f.sessionId = new byte[0]),
        broken(Rule.CIPHER_SUITE, f -> f.suite = 0xc02f),
        broken(Rule.CIPHER_SUITE, f -> f.suite = 0x1304),
        broken(Rule.COMPRESSION, f -> f.compression = 1),
        broken(Rule.EXTENSIONS, f -> f.moreExtensions = Extensions.fixed(0x23, "")),
        broken(Rule.EXTENSIONS, f -> f.moreExtensions = Extensions.fixed(43, "0304")),
        broken(Rule.SUPPORTED_VERSION, f -> f.selectedVersion = 0x0303),
        broken(Rule.KEY_SHARE_GROUP, f -> f.group = 0x17),
        broken(Rule.KEY_SHARE_GROUP, f -> f.group = Group.X25519.code() + 1),
        broken(Rule.KEY_SHARE_LENGTH, f -> f.share = Arrays.copyOf(f.share, 31)),
        broken(Rule.KEY_SHARE_LENGTH, f -> f.share = Arrays.copyOf(f.share, f.share.length + 1)),
        broken(Rule.KEY_SHARE_VALUE, f -> zeroPoint(f.share)),
        broken(Rule.KEY_SHARE_VALUE, f -> f.share[f.share.length - 1] |= (byte) 0x80),
        broken(Rule.KEY_SHARE_VALUE, f -> onTheTwist(f.share)),
        broken(Rule.KEY_SHARE_VALUE, f -> f.share[7] ^= 1));
  }

  @ParameterizedTest
  @MethodSource("violations")
  void names(Rule rule, Consumer<Flight> spoil) {
    ClientHello hello = Hellos.hybrid(SECRET).withKeys(KEYS).build();
    Flight flight = new Flight(hello, Group.X25519MLKEM768);
    spoil.accept(flight);

    refuses(rule, hello, flight.toBytes());
  }

  @Test
  void aShareOfAGroupThatTheClientHasNoKeyFor() {
    ClientHello hello = Hellos.classic(SECRET).withKeys(KEYS).build();

    refuses(Rule.KEY_SHARE_GROUP, hello, new Flight(hello, Group.X25519MLKEM768).toBytes());
  }

  @Test
  void aPointThatGivesNoSecret() {
    ClientHello hello = Hellos.classic(SECRET).withKeys(KEYS).build();
    Flight flight = new Flight(hello, Group.X25519);
    // u = 1, of order 4 and on the curve or its twist: whichever, no true server sends it.
    flight.share = Arrays.copyOf(new byte[] {1}, 32);

    refuses(Rule.KEY_SHARE_VALUE, hello, flight.toBytes());
  }

  @Test
  void noAnswer() {
    refuses(Rule.ANSWERED, Hellos.classic(SECRET).withKeys(KEYS).build());
  }

  @Test
  void aFlightInTwoWrites() {
    ClientHello hello = Hellos.classic(SECRET).withKeys(KEYS).build();
    byte[] flight = new Flight(hello, Group.X25519).toBytes();

    refuses(
        Rule.ONE_WRITE,
        hello,
        Arrays.copyOf(flight, 200),
        Arrays.copyOfRange(flight, 200, flight.length));
  }

  @Test
  void aRecordThatFollowsTheFlightLater() throws Exception {
    ClientHello hello = Hellos.classic(SECRET).withKeys(KEYS).build();
    byte[] flight = new Flight(hello, Group.X25519).toBytes();
    try (ScriptedServer server = new ScriptedServer(flight, Flight.record(0x17, new byte[113]));
        FakeTlsClient client = FakeTlsClient.connect(server.address())) {
      client.raw().send(hello.bytes());
      client.readFlight(hello);

      assertThatThrownBy(() -> client.expectQuiet(Duration.ofSeconds(5)))
          .asInstanceOf(type(BrokenRuleException.class))
          .extracting(BrokenRuleException::rule)
          .isEqualTo(Rule.QUIET_UNTIL_CLIENT_DATA);
    }
  }

  private static void refuses(Rule rule, ClientHello hello, byte[]... writes) {
    assertThatThrownBy(() -> answered(hello, writes))
        .asInstanceOf(type(BrokenRuleException.class))
        .extracting(BrokenRuleException::rule)
        .isEqualTo(rule);
  }

  private static ServerFlight answered(ClientHello hello, byte[]... writes) throws IOException {
    try (ScriptedServer server = new ScriptedServer(writes);
        FakeTlsClient client = FakeTlsClient.connect(server.address())) {
      client.raw().send(hello.bytes());
      return client.readFlight(hello);
    }
  }

  private static Arguments broken(Rule rule, Consumer<Flight> spoil) {
    return Arguments.of(rule, spoil);
  }

  private static void zeroPoint(byte[] share) {
    Arrays.fill(share, share.length - 32, share.length, (byte) 0);
  }

  /** u = 2 belongs to a point of the twist, as half of all numbers do. */
  private static void onTheTwist(byte[] share) {
    zeroPoint(share);
    share[share.length - 32] = 2;
  }
}
