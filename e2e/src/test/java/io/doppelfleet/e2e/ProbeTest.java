package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.datacenter.Probes;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.datacenter.Arrival;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that asks data centres sends clients to the address that answers. */
@Tag("waiting")
@Timeout(120)
final class ProbeTest {
  /** A client's, by which it is told from a probe: reached where its data centre is. */
  private static final int MEDIA = -2;

  private static final Duration LATER = Duration.ofSeconds(40);

  @TempDir Path directory;

  @Test
  void clientsAreSentToTheAddressThatAnswers() throws Exception {
    try (StandInDatacenter one = StandInDatacenter.start();
        StandInDatacenter another = StandInDatacenter.start();
        Told told = new Told(Probes.class)) {
      one.silent(true); // and takes connections: without a probe it would serve all clients so
      Map<Integer, List<InetSocketAddress>> datacenters = new HashMap<>();
      for (int number : Datacenters.numbers()) {
        datacenters.put(number, List.of(Ports.free(InetAddress.getLoopbackAddress())));
      }
      datacenters.put(2, List.of(one.address(), another.address()));
      Outbound outbound =
          new Outbound(
              List.of(),
              List.of(),
              Outbound.Prefer.LISTED,
              0,
              Duration.ofSeconds(1),
              Duration.ZERO);
      try (TestNode node =
          TestNode.start(
              Files.createDirectory(directory.resolve("state")), outbound, datacenters)) {
        await().atMost(LATER).until(() -> told.lines().contains(isFirst(another)));
        assertThat(told.lines()).contains("data centre 1 answers at none of its addresses");
        assertThat(probed(node, 2)).isBetween(0.0, 3.0);
        assertThat(probed(node, 1)).isNaN();
        arrives(node, another);

        one.silent(false);
        another.silent(true);
        await().atMost(LATER).until(() -> told.lines().contains(isFirst(one)));
        arrives(node, one);
        assertThat(told.lines()).as("each once").doesNotHaveDuplicates();
      }
    }
  }

  private static String isFirst(StandInDatacenter datacenter) {
    return "data centre 2 is tried first at 127.0.0.1:" + datacenter.address().getPort();
  }

  private static double probed(TestNode node, int datacenter) {
    return node.meters
        .get("doppelfleet.datacenter.probe")
        .tag("datacenter", "" + datacenter)
        .gauge()
        .value();
  }

  private static void arrives(TestNode node, StandInDatacenter datacenter) throws Exception {
    long before = clients(datacenter);
    try (FakeTlsClient client = node.connect()) {
      client.handshake(Hellos.classic(SECRET).build(), MEDIA, RANDOM);
      await().atMost(LATER).until(() -> clients(datacenter) == before + 1);
    }
  }

  private static long clients(StandInDatacenter datacenter) {
    return datacenter.arrivals().stream().map(Arrival::datacenter).filter(d -> d == MEDIA).count();
  }
}
