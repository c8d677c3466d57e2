package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.node.Leases.Present;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all nodes are told of whom each one's rules ban. */
@Timeout(60)
final class LeasesTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String PROBER = "198.51.100.7/32";
  private static final Prefix PREFIX = Prefix.parse(PROBER);

  private final Vertx vertx = Vertx.vertx();
  private final Sender paris = new Sender("node-1", Instant.EPOCH);
  private final Sender oslo = new Sender("node-2", Instant.EPOCH);
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may be anywhere
  private final List<FleetLeases> told = new CopyOnWriteArrayList<>();
  private final List<NodeReport> nodes =
      List.of(report("203.0.113.5"), report("[2001:db8:5::1]"), report("proxy.example.org"));
  private Leases leases;

  private static NodeReport report(String server) {
    HostPort address = HostPort.parse(server + ":443");
    return new NodeReport(new Stamp("node-1", 1, 1), 1, address, "cover.example", 0);
  }

  @BeforeEach
  void start() {
    vertx
        .eventBus()
        .<Buffer>consumer(
            FleetLeases.ADDRESS,
            message -> told.add((FleetLeases) MessageJson.read(message.body().getBytes())));
    Sender control = new Sender("control", Instant.EPOCH);
    leases = new Leases(vertx, control, () -> nodes, now::get, new SimpleMeterRegistry());
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void say(Sender node, Lease... own) {
    byte[] text = MessageJson.write(new NodeLeases(node.next(), List.of(own)));
    vertx.eventBus().publish(NodeLeases.ADDRESS, Buffer.buffer(text));
  }

  private static Lease lease(String prefix, int seconds) {
    return new Lease(Prefix.parse(prefix), seconds);
  }

  private void awaitTold(Lease... all) {
    await()
        .atMost(SOON)
        .until(() -> !told.isEmpty() && told.getLast().leases().equals(List.of(all)));
  }

  @Test
  void whatOneNodeSaysAllAreToldAndToldAgainUntilItEnds() {
    say(paris, lease(PROBER, 60));
    awaitTold(lease(PROBER, 60));
    assertThat(leases.present()).containsExactly(new Present(PREFIX, "node-1", 60));
    say(paris, lease(PROBER, 90)); // its rule was broken again
    await().atMost(SOON).until(() -> leases.present().getFirst().seconds() == 90);
    say(paris, lease(PROBER, 30));
    now.addAndGet(Duration.ofSeconds(40).toNanos());
    awaitTold(lease(PROBER, 50)); // by the clock alone
    now.addAndGet(Duration.ofSeconds(50).toNanos());
    assertThat(leases.present()).isEmpty();
  }

  /** A node that is seized would make all honest bans last for a day. */
  @Test
  void whatOneNodeBansNoOtherMakesLonger() {
    say(paris, lease(PROBER, 60));
    awaitTold(lease(PROBER, 60));
    say(oslo, lease(PROBER, 86_400), lease("192.0.2.1", 9));
    awaitTold(lease(PROBER, 60), lease("192.0.2.1", 9));
    now.addAndGet(Duration.ofSeconds(60).toNanos());
    say(oslo, lease(PROBER, 86_400)); // now it is one of its own
    awaitTold(lease(PROBER, 86_400));
    assertThat(leases.present().getFirst().sender()).isEqualTo("node-2");
  }

  @Test
  void whatSomebodyLiftsStaysSoForADayThoughNodesSayItAgain() {
    say(paris, lease(PROBER, 3_600));
    awaitTold(lease(PROBER, 3_600));
    leases.lift(PREFIX);
    say(paris, lease(PROBER, 3_600), lease("192.0.2.1", 3_600)); // before it hears of it
    awaitTold(lease("192.0.2.1", 3_600));
    assertThat(told.getLast().lifted()).containsExactly(lease(PROBER, 86_400));
    now.addAndGet(Duration.ofDays(1).toNanos());
    say(paris, lease(PROBER, 3_600));
    awaitTold(lease(PROBER, 3_600));
    assertThat(told.getLast().lifted()).isEmpty();
  }

  @Test
  void aNodeThatIsSeizedBansTwoHundredAtTheMostAndNoNodeAndOthersHaveRoom() {
    say(paris, many(0));
    await().atMost(SOON).until(() -> leases.present().size() == NodeLeases.MOST);
    say(paris, many(1));
    say(paris, many(2));
    say(oslo, lease("203.0.113.5", 9), lease("2001:db8:5::/64", 9), lease("203.0.113.6", 9));
    await().atMost(SOON).until(() -> leases.present().getLast().sender().equals("node-2"));
    assertThat(leases.present()).hasSize(NodeLeases.MOST + 1);
    assertThat(leases.present().getLast().prefix()).hasToString("203.0.113.6/32");
  }

  @Test
  void inAllThereAreNoMoreThanAreTold() {
    for (int node = 0; node < 6; node++) {
      say(new Sender("node-" + (10 + node), Instant.EPOCH), many(node));
    }
    await().atMost(SOON).until(() -> leases.present().size() == FleetLeases.MOST);
    await()
        .atMost(SOON)
        .until(() -> !told.isEmpty() && told.getLast().leases().size() == FleetLeases.MOST);
  }

  private static Lease[] many(int block) {
    return IntStream.range(0, NodeLeases.MOST)
        .mapToObj(i -> lease("198.51." + block + "." + i, 9))
        .toArray(Lease[]::new);
  }

  @Test
  void whatARemovedNodeSaidHoldsNoLonger() {
    say(paris, lease(PROBER, 60));
    say(oslo, lease("192.0.2.1", 60));
    awaitTold(lease(PROBER, 60), lease("192.0.2.1", 60));
    leases.forget("node-1");
    awaitTold(lease("192.0.2.1", 60));
    assertThat(told.getLast().lifted()).isEmpty();
    say(paris, lease(PROBER, 60)); // it was on its way
    say(oslo, lease("192.0.2.2", 60));
    awaitTold(lease("192.0.2.1", 60), lease("192.0.2.2", 60));
  }

  @Test
  void anAddressIsLiftedThoughNoBanOfItIsHeldHere() {
    leases.lift(PREFIX);
    await()
        .atMost(SOON)
        .until(
            () ->
                !told.isEmpty() && told.getLast().lifted().equals(List.of(lease(PROBER, 86_400))));
    say(paris, lease(PROBER, 60), lease("192.0.2.1", 60));
    awaitTold(lease("192.0.2.1", 60));
  }
}
