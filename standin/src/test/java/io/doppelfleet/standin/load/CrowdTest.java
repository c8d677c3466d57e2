package io.doppelfleet.standin.load;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrowdTest {
  private static final Secret SECRET = Secret.of(new byte[16], "www.example.org");
  private static final Duration SOON = Duration.ofSeconds(10);

  private RawServer proxy;

  @BeforeEach
  void listen() throws Exception {
    proxy = RawServer.start();
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  @Test
  void aProxyThatClosesIsAFailure() throws Exception {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                var connection = proxy.take(SOON);
                connection.read();
                connection.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });

    assertFails(proxy.address(), SOON, "the proxy closed before its flight was whole");
  }

  @Test
  void aProxyThatIsNotThereIsAFailure() throws Exception {
    InetSocketAddress address = proxy.address();
    proxy.close();

    assertFails(address, SOON, "Connection refused");
  }

  @Test
  void aProxyThatKeepsSilentIsATimeout() throws Exception {
    try (LoadClients clients = new LoadClients(proxy.address(), 2, 1)) {
      assertThatThrownBy(() -> crowd(clients, Duration.ofMillis(300)).open(2))
          .isInstanceOf(TimeoutException.class);
    }
  }

  private static void assertFails(InetSocketAddress address, Duration atMost, String why) {
    try (LoadClients clients = new LoadClients(address, 2, 1)) {
      assertThatThrownBy(() -> crowd(clients, atMost).open(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(why);
    }
  }

  private static Crowd crowd(LoadClients clients, Duration atMost) {
    return new Crowd(talk -> clients.open(Hellos.classic(SECRET).build(), talk), 2, atMost);
  }
}
