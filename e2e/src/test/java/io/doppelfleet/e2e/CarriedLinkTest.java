package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.proxy.link.Carried;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.vertx.core.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A node's link where there are two ways to its control: as a cluster's bus does, one carries it.
 */
@Timeout(60)
@Tag("waiting")
final class CarriedLinkTest extends NodesPort {
  private static final Duration AGAIN = Duration.ofMillis(200);

  private TestRelay direct;
  private TestRelay carrier;
  private SocketAddress socket;
  private NodeIdentity paris;

  @BeforeEach
  void ways() throws Exception {
    direct = new TestRelay(vertx, address);
    carrier = new TestRelay(vertx, address);
    socket = SocketAddress.domainSocketAddress(directory.resolve("cluster.sock").toString());
    NodeIdentity joined = joined("paris");
    int port = direct.listen(SocketAddress.inetSocketAddress(0, "127.0.0.1"));
    paris =
        new NodeIdentity(
            joined.name(),
            joined.sender(),
            new HostPort("127.0.0.1", port),
            joined.key(),
            joined.certificate(),
            joined.authority(),
            joined.states(),
            joined.seal());
  }

  private ControlLink link() {
    return ControlLink.start(
        vertx, // which knows Unix sockets
        paris,
        new Sender(paris.sender(), Instant.EPOCH),
        new ControlLink.Events() {
          @Override
          public void renewed(NodeIdentity identity) {}

          @Override
          public void drain(Duration longest) {}

          @Override
          public void removed(String why) {}
        },
        Clock.systemUTC(),
        RANDOM,
        new Carried(socket, AGAIN));
  }

  private static void awaitOpen(TestRelay one, TestRelay notTheOther) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> one.open() == 1 && notTheOther.open() == 0);
  }

  @Test
  void whereNobodyCarriesItTheLinkIsAtTheAddressAtOnceAndMovesLater() throws Exception {
    ControlLink link = link();
    TestNode.await(link.tried());
    assertThat(direct.taken()).isEqualTo(1);
    carrier.listen(socket);
    awaitOpen(carrier, direct);
    Thread.sleep(2 * AGAIN.toMillis()); // there it stays
    assertThat(carrier.taken()).isEqualTo(1);
    assertThat(direct.taken()).isEqualTo(1);
  }

  /** Each time it is moved what is open ends: where that is in vain it happens ever more seldom. */
  @Test
  void whereCarriedOnesBreakTheOneAtTheAddressIsLeftAlone() throws Exception {
    carrier.listen(socket);
    ControlLink link = link();
    TestNode.await(link.opened());
    for (int i = 1; i <= 4; i++) {
      awaitOpen(carrier, direct);
      assertThat(carrier.taken()).isEqualTo(i);
      carrier.breakAll();
      awaitOpen(direct, carrier); // what ended one may end the next
    }
    await().atMost(SOON).until(() -> carrier.taken() == 5);
    // Eight times the pause, less what a busy machine's event loop is late.
    assertThat(carrier.between(4, 5)).isGreaterThan(AGAIN.multipliedBy(6));
  }

  /** As a bus is of which a member was frozen. */
  @Test
  void aCarrierThatTakesLinksAndIsSilentCostsSecondsAndNoLink() throws Exception {
    carrier.mute();
    carrier.listen(socket);
    long begun = System.nanoTime();
    ControlLink link = link();
    TestNode.await(link.opened());
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    await().atMost(SOON).until(() -> carrier.taken() >= 2); // it is tried again
    assertThat(direct.open()).isEqualTo(1);
    assertThat(direct.taken()).isEqualTo(1);
  }
}
