package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KnownClients;
import io.doppelfleet.proxy.hello.MalformedHelloException;
import io.doppelfleet.proxy.hello.SignedHello;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** Who is let in as the node itself. */
final class OwnConnectionsTest {
  private static final InetSocketAddress HERE = at("127.0.0.1", 40_000);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final OwnConnections own = new OwnConnections(RANDOM);

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private static ClientHello hello(byte[] key) throws MalformedHelloException {
    byte[] bytes = new SignedHello(KnownClients.tdlib(), "example.org", key, 1, RANDOM).bytes();
    return new ClientHello(bytes);
  }

  @Test
  void itsSecretIsGoodFromASocketThatItHasOpenToItselfAndFromNoOther() throws Exception {
    ClientHello hello = hello(own.key());
    assertThat(own.sent(hello, HERE)).isFalse();
    own.begin(HERE);
    assertThat(own.sent(hello, HERE)).isTrue();
    assertThat(own.sent(hello, at("127.0.0.1", 40_001))).isFalse();
    assertThat(own.sent(hello, at("127.0.0.2", 40_000))).isFalse();
    assertThat(own.sent(hello, at("192.0.2.1", 40_000))).isFalse();
    own.end(HERE);
    assertThat(own.sent(hello, HERE)).isFalse();
  }

  @Test
  void anotherSecretIsNotGoodFromThereEither() throws Exception {
    own.begin(HERE);
    assertThat(own.sent(hello(new byte[Secret.KEY_LENGTH]), HERE)).isFalse();
    assertThat(own.sent(hello(new OwnConnections(RANDOM).key()), HERE)).isFalse();
  }
}
