package io.doppelfleet.standin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeTlsClientTest {
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
  private static final Secret SECRET = Secret.of(KEY, "www.google.com");

  private ServerSocket listener;
  private FakeTlsClient client;
  private Socket peer;

  @BeforeEach
  void connect() throws Exception {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    client =
        FakeTlsClient.connect(
            new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
    peer = listener.accept();
    peer.setSoTimeout(10_000);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    peer.close();
    listener.close();
  }

  @Test
  void aStreamCrossesBothWays() throws Exception {
    ClientHello hello = Hellos.classic(SECRET).build();
    client.raw().send(hello.bytes());
    assertThat(peer.getInputStream().readNBytes(517)).isEqualTo(hello.bytes());
    peer.getOutputStream().write(new Flight(hello, Group.X25519).toBytes());
    client.readFlight(hello);

    client.open(
        Obfuscated2.open(KEY, Obfuscated2.PADDED_INTERMEDIATE, -203, new SplittableRandom(7)));
    byte[] opening = peer.getInputStream().readNBytes(6 + 5 + 64);
    assertThat(opening).startsWith(0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 0, 64);
    Obfuscated2 far = Obfuscated2.accept(KEY, Arrays.copyOfRange(opening, 11, 75));
    assertThat(far.tag()).isEqualTo(Obfuscated2.PADDED_INTERMEDIATE);
    assertThat(far.datacenter()).isEqualTo(-203);

    byte[] question = "a question in several records".getBytes(StandardCharsets.US_ASCII);
    client.say(question, 10);
    byte[] said = peer.getInputStream().readNBytes(question.length + 3 * 5);
    assertThat(Arrays.copyOf(said, 5)).containsExactly(0x17, 3, 3, 0, 10);
    byte[] heard =
        Flight.join(
            Arrays.copyOfRange(said, 5, 15),
            Arrays.copyOfRange(said, 20, 30),
            Arrays.copyOfRange(said, 35, 44));
    far.decrypt(heard, 0, heard.length);
    assertThat(heard).isEqualTo(question);

    byte[] answer = new byte[100];
    new SplittableRandom(2).nextBytes(answer);
    byte[] sealed = answer.clone();
    far.encrypt(sealed, 0, sealed.length);
    peer.getOutputStream()
        .write(
            Flight.join(
                Flight.record(0x17, Arrays.copyOf(sealed, 60)),
                Flight.record(0x17, Arrays.copyOfRange(sealed, 60, 100))));
    assertThat(client.hear(30)).isEqualTo(Arrays.copyOf(answer, 30));
    assertThat(client.hear(70)).isEqualTo(Arrays.copyOfRange(answer, 30, 100));
  }

  @Test
  void anOrderlyCloseIsToldFromAReset() throws Exception {
    peer.getOutputStream().write(new byte[] {1, 2, 3});
    peer.shutdownOutput();

    RawSocket.Rest rest = client.raw().readToEnd();

    assertThat(rest.ending()).isEqualTo(Ending.FIN);
    assertThat(rest.bytes()).containsExactly(1, 2, 3);
  }

  @Test
  void aResetIsToldFromAnOrderlyClose() throws Exception {
    peer.setSoLinger(true, 0);
    peer.close();

    assertThat(client.raw().readToEnd().ending()).isEqualTo(Ending.RST);
  }

  @Test
  void aResetOfTheClientArrives() throws Exception {
    client.raw().reset();

    assertThat(catchThrowable(() -> peer.getInputStream().read())).hasMessage("Connection reset");
  }
}
