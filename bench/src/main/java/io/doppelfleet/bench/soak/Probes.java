package io.doppelfleet.bench.soak;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.client.ServerFlight;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a censor says to find out, each of which the cover has to answer: as it does where it is
 * asked itself, and with nothing that a client would take for its node's.
 */
final class Probes {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final byte[] NO_HELLO =
      "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Of the answer to a hello: the headers of its record and its message, and a version. */
  private static final int BEFORE_RANDOM = 11;

  private final Secret secret;
  private final byte[] toHello;
  private final byte[] toNoHello;

  /** Asks the cover itself. */
  Probes(InetSocketAddress cover, Secret secret) throws IOException {
    this.secret = secret;
    this.toHello = head(ask(cover, Hellos.classic(secret).build().bytes()));
    this.toNoHello = ask(cover, NO_HELLO);
  }

  /**
   * Says one of them.
   *
   * @return bytes of the cover's answer
   * @throws IOException where none came, or another
   */
  int probe(InetSocketAddress node) throws IOException {
    return switch (ThreadLocalRandom.current().nextInt(4)) {
      case 0 -> say(node, Hellos.classic(secret).withWrongDigest().build(), "no secret");
      case 1 ->
          say(
              node,
              Hellos.classic(secret).at(Instant.now().minusSeconds(3_600)).build(),
              "an hour ago");
      case 2 -> say(node, recorded(node), "another client");
      default -> sayNoHello(node);
    };
  }

  private int say(InetSocketAddress node, ClientHello hello, String of) throws IOException {
    byte[] answer = ask(node, hello.bytes());
    if (!Arrays.equals(head(answer), toHello)) {
      throw new IOException("a hello of " + of + " had another answer than the cover's");
    }
    if (isNodes(answer, hello)) {
      throw new IOException("a hello of " + of + " was answered as a client's");
    }
    return answer.length;
  }

  private int sayNoHello(InetSocketAddress node) throws IOException {
    byte[] answer = ask(node, NO_HELLO);
    if (!Arrays.equals(answer, toNoHello)) {
      throw new IOException("what is no hello had another answer than the cover's");
    }
    return answer.length;
  }

  /** One by which a client was served just now. */
  private ClientHello recorded(InetSocketAddress node) throws IOException {
    ClientHello hello = Hellos.classic(secret).build();
    try (FakeTlsClient client = FakeTlsClient.connect(node)) {
      client.raw().socket().setSoTimeout(PATIENCE_MILLIS);
      client.raw().send(hello.bytes());
      client.readFlight(hello);
    } catch (BrokenRuleException e) {
      throw new IOException("who is recorded wasn't served", e);
    }
    return hello;
  }

  private static boolean isNodes(byte[] answer, ClientHello hello) {
    try {
      ServerFlight.check(answer, hello);
      return true;
    } catch (BrokenRuleException e) {
      return false;
    }
  }

  private static byte[] ask(InetSocketAddress server, byte[] said) throws IOException {
    try (RawSocket socket = RawSocket.connect(server)) {
      socket.socket().setSoTimeout(PATIENCE_MILLIS);
      socket.send(said);
      return socket.read();
    }
  }

  private static byte[] head(byte[] answer) {
    return Arrays.copyOf(answer, Math.min(answer.length, BEFORE_RANDOM));
  }
}
