package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who turns out after the welcome to be no client meets what a TLS server's client would. */
final class AlertTest {
  @TempDir Path state;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start(state);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void anEmptyRecordAfterTheWelcomeMeetsAnAlertAndAnEnd() throws Exception {
    refused(ClientRecords.record(new byte[0]));
  }

  @Test
  void aRecordThatMakesNoSenseMeetsAnAlertAndAnEnd() throws Exception {
    refused(new byte[] {0x16, 3, 3, 0, 2});
  }

  @Test
  void aWrongTagMeetsAnAlertAndAnEnd() throws Exception {
    refused(ClientRecords.record(bytes(64)));
  }

  @Test
  void aDatacenterThatDoesNotAnswerMeetsAnAlertAndAnEnd() throws Exception {
    node.datacenter.close();
    try (FakeTlsClient client = node.connect()) {
      client.handshake(Hellos.classic(SECRET).build(), 2, RANDOM);
      assertAlertThenEnd(client.raw());
    }
  }

  @Test
  void aServedClientsBadRecordMeetsWhatATlsServerSends() throws Exception {
    for (boolean served : new boolean[] {false, true}) {
      TestNode.Relayed relayed = node.relayed();
      if (served) {
        relayed.client().say(new byte[] {1}, 1);
        assertThat(relayed.heard(1)).containsExactly(1);
        relayed.say(new byte[] {2});
        assertThat(relayed.client().hear(1)).containsExactly(2);
      }
      relayed.client().raw().send(new byte[] {0x15, 3, 3, 0, 2, 1, 0});
      assertAlertThenEnd(relayed.client().raw());
      assertThat(relayed.socket().readToEnd().ending()).isEqualTo(Ending.FIN);
    }
    assertThat(
            node.meters
                .get("doppelfleet.phase.failures")
                .tag("reason", "bad record")
                .functionCounter()
                .count())
        .isEqualTo(2);
  }

  /** As OpenSSL's, which reads a header's five bytes, and then the whole record. */
  @Test
  void theAlertComesWithTheLastByteOfAHeaderOrRecordAndNotBefore() throws Exception {
    refused(new byte[] {0x15, 3, 3, 0, 0});
    refused(new byte[] {0x17, 2, 3, 0, 64});
    refused(new byte[] {0x14, 3, 3, 0, 2, 1, 1});
    refused(ClientRecords.record(bytes(100)));
    refused(ClientRecords.records(bytes(80), 40));
  }

  /** As OpenSSL leaves a client that has found something wrong with its flight. */
  @Test
  void anAlertInTheClearRightAfterTheWelcomeMeetsAnEndWithoutAWord() throws Exception {
    for (byte[] alert : new byte[][] {{2, 40}, {1, 0}}) {
      try (FakeTlsClient client = welcomed()) {
        client.raw().send(new byte[] {0x14, 3, 3, 0, 1, 1, 0x15, 3, 3, 0, 2, alert[0]});
        assertThat(client.raw().isQuiet(Duration.ofMillis(100))).isTrue();
        client.raw().send(new byte[] {alert[1]});
        RawSocket.Rest rest = client.raw().readToEnd();
        assertThat(rest.bytes()).isEmpty();
        assertThat(rest.ending()).isEqualTo(Ending.FIN);
      }
    }
  }

  /** It decrypts what it gets, whatever that is called. */
  @Test
  void behindACoverOnBoringSslAnAlertInTheClearIsARecordThatMakesNoSense() throws Exception {
    FlightModel model =
        new FlightModel(
            SECRET.host(),
            new HelloKind("0000000000000000"),
            false,
            0x1301,
            0x001d,
            List.of(51, 43),
            List.of(new FlightModel.Answer(List.of(700), 0)));
    HostPort site = new HostPort(SECRET.host(), 443);
    node.node.doppel().learnt(new Profile(site, Instant.EPOCH, List.of(), List.of(model), null));
    try (FakeTlsClient client = welcomed()) {
      client.raw().send(new byte[] {0x15, 3, 3, 0, 2, 2, 40});
      assertAlertThenEnd(client.raw());
    }
  }

  private FakeTlsClient welcomed() throws Exception {
    FakeTlsClient client = node.connect();
    var hello = Hellos.classic(SECRET).build();
    client.raw().send(hello.bytes());
    client.readFlight(hello);
    return client;
  }

  @Test
  void theAlertWaitsForNothingBehindTheRecordNorForOneThatIsTooLongForTls() throws Exception {
    byte[] begun = Arrays.copyOf(ClientRecords.record(bytes(64)), 5 + 64 + 5);
    System.arraycopy(new byte[] {0x17, 3, 3, 0x40, 0}, 0, begun, 5 + 64, 5);
    refusedAtOnce(begun);
    byte[] overlong = ClientRecords.record(bytes(64));
    overlong[3] = (byte) 0xff;
    refusedAtOnce(overlong);
  }

  private void refusedAtOnce(byte[] sent) throws Exception {
    try (FakeTlsClient client = welcomed()) {
      client.raw().send(sent);
      assertAlertThenEnd(client.raw());
    }
  }

  private void refused(byte[] sent) throws Exception {
    try (FakeTlsClient client = welcomed()) {
      client.raw().send(Arrays.copyOf(sent, sent.length - 1));
      assertThat(client.raw().isQuiet(Duration.ofMillis(100))).isTrue();
      client.raw().send(Arrays.copyOfRange(sent, sent.length - 1, sent.length));
      assertAlertThenEnd(client.raw());
    }
  }

  private static void assertAlertThenEnd(RawSocket socket) throws Exception {
    RawSocket.Rest rest = socket.readToEnd();
    assertThat(rest.bytes()).hasSize(24).startsWith(0x17, 3, 3, 0, 0x13);
    assertThat(rest.ending()).isEqualTo(Ending.FIN);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
