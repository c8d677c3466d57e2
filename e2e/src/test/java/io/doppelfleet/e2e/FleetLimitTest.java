package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A secret's limits hold over a control's two nodes together. */
@Timeout(180)
@Tag("waiting")
class FleetLimitTest extends FarNodes {
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.3");
  private static final InetAddress THIRD = InetAddress.ofLiteral("127.0.0.4");
  private static final int RATE = 256 << 10;
  private static final Duration LEASE = Duration.ofSeconds(LimitQuestion.LEASE_SECONDS);

  private final List<FakeTlsClient> served = new ArrayList<>();
  private ProcessNode paris;
  private ProcessNode oslo;

  @BeforeEach
  void nodes() throws Exception {
    paris = joined("paris");
    oslo = joined("oslo");
    awaitRevision("paris", "oslo");
    Thread.sleep(LEASE); // so long a control that starts grants nothing
  }

  @AfterEach
  void go() throws Exception {
    for (FakeTlsClient client : served) {
      client.close();
    }
  }

  private Secret limited(String name, String limits) throws Exception {
    Secret secret = control.api.add(name, HOST);
    control.api.done("PUT", "/secrets/" + name + "/limits", limits);
    awaitRevision("paris", "oslo");
    return secret;
  }

  /** Whether a new client is let in; else it meets the cover. */
  private boolean isServed(ProcessNode node, Secret secret, InetAddress from) throws IOException {
    FakeTlsClient client = FakeTlsClient.connect(node.address(), from);
    try {
      client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
      echo(client);
      served.add(client);
      return true;
    } catch (BrokenRuleException e) {
      client.close();
      return false;
    }
  }

  /** One question whose answer is late is reason enough to refuse it at first. */
  private void awaitServed(ProcessNode node, Secret secret, InetAddress from) {
    await().atMost(SOON).until(() -> isServed(node, secret, from));
  }

  private void awaitServed(int clients, ProcessNode node, Secret secret) {
    for (int i = 0; i < clients; i++) {
      awaitServed(node, secret, HOME);
    }
  }

  private int servedOf(int clients, ProcessNode node, Secret secret) throws IOException {
    int count = 0;
    for (int i = 0; i < clients; i++) {
      count += isServed(node, secret, HOME) ? 1 : 0;
    }
    return count;
  }

  @Test
  void connectionsAreCountedOverAllNodesAndWhoGoesMakesRoomElsewhere() throws Exception {
    Secret alice = limited("alice", "{\"connections\": 6}");
    awaitServed(1, paris, alice); // it has some more than it uses
    awaitServed(5, oslo, alice); // so that it has none
    assertThat(servedOf(2, oslo, alice) + servedOf(2, paris, alice)).isZero();

    served.removeLast().close();
    awaitServed(paris, alice, HOME);
    assertThat(servedOf(2, oslo, alice) + servedOf(2, paris, alice)).isZero();

    Secret bob = limited("bob", "{\"connections\": 6}");
    awaitServed(6, paris, bob); // all of them by one node
    assertThat(servedOf(2, paris, bob) + servedOf(2, oslo, bob)).isZero();
    withoutAControlEachNodeHasItsPart(limited("carol", "{\"connections\": 6}"), bob);
  }

  @Test
  void addressesAreCountedOverAllNodesWhoseClientsMayMove() throws Exception {
    Secret alice = limited("alice", "{\"addresses\": {\"count\": 2, \"window\": 3600}}");
    awaitServed(paris, alice, HOME);
    awaitServed(oslo, alice, ELSEWHERE);
    awaitServed(oslo, alice, HOME);
    awaitServed(paris, alice, ELSEWHERE);
    assertThat(isServed(paris, alice, THIRD)).isFalse();
    assertThat(isServed(oslo, alice, THIRD)).isFalse();
  }

  @Test
  void aRateIsThatOfAllNodesTogether() throws Exception {
    Secret alice = limited("alice", "{\"rate\": " + RATE + "}");
    AtomicLong moved = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> movers = new ArrayList<>();
    for (ProcessNode node : List.of(paris, oslo)) {
      FakeTlsClient client = client(node, alice);
      movers.add(Thread.ofPlatform().start(() -> move(client, moved, over)));
    }
    Thread.sleep(5_000); // shares are known, and what may pass at once has passed
    long before = moved.get();
    long begun = System.nanoTime();
    Thread.sleep(5_000);
    double rate = (moved.get() - before) * 1e9 / (System.nanoTime() - begun);
    over.set(true);
    for (Thread mover : movers) {
      mover.join();
    }
    System.out.printf("two nodes together moved %.2f of a secret's rate%n", rate / RATE);
    assertThat(rate).isBetween(RATE * 0.1, RATE * 1.4); // a busy machine is slower
  }

  /** There and back, as long as it may. */
  private static void move(FakeTlsClient client, AtomicLong moved, AtomicBoolean over) {
    byte[] chunk = new byte[8 << 10];
    try {
      while (!over.get()) {
        client.say(chunk, 8_000);
        client.hear(chunk.length);
        moved.addAndGet(2L * chunk.length);
      }
    } catch (IOException | BrokenRuleException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each was told last, whichever of its answers that was, that there are two. */
  private void awaitBothCounted() {
    await()
        .during(Duration.ofSeconds(2))
        .atMost(SOON)
        .until(() -> control.api.done("GET", "/status", "").getJsonArray("nodes").size() == 2);
  }

  private void withoutAControlEachNodeHasItsPart(Secret unused, Secret full) throws Exception {
    awaitBothCounted();
    control.kill();
    Thread.sleep(LEASE);
    awaitServed(3, oslo, unused);
    awaitServed(3, paris, unused);
    awaitServed(3, oslo, full);
    assertThat(servedOf(2, oslo, unused) + servedOf(2, paris, unused)).isZero();
    assertThat(servedOf(2, oslo, full) + servedOf(2, paris, full)).isZero();
    control.startAgain();
    awaitRevision("paris", "oslo");
  }
}
