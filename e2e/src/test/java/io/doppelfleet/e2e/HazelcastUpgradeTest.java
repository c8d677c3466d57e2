package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.fleet.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two controls on one PostgreSQL store and their nodes, in a cluster of the minor version of
 * Hazelcast before today's, become a cluster of today's: one that refuses members of the other.
 */
@Timeout(240)
@Tag("waiting")
final class HazelcastUpgradeTest extends FarNodes {
  private static final List<String> NOW = List.of();

  private List<String> earlier;
  private String store;
  private FarControl second;

  @Override
  boolean isCluster() {
    return true;
  }

  /** Hazelcast calls an error, with exceptions, that members of the other version refuse it. */
  @Override
  List<String> unsaid() {
    return List.of("tg://");
  }

  @Override
  FarControl startedControl() throws Exception {
    return started("control");
  }

  private FarControl started(String name) throws Exception {
    return FarControl.start(state(name), store, "127.0.0.1", member(name), earlier);
  }

  @Override
  @BeforeAll
  void start() throws Exception {
    earlier = EarlierHazelcast.under(state("earlier"));
    store = PostgresServer.shared().newDatabase();
    super.start();
    Files.createDirectory(state("second"));
    Files.copy(
        state("control").resolve("fleet.key"),
        state("second").resolve("fleet.key"),
        StandardCopyOption.COPY_ATTRIBUTES);
    second = started("second");
  }

  @Override
  @AfterAll
  void end() throws Exception {
    try (FarControl closed = second) { // null where the start failed
      super.end();
    }
  }

  @Test
  void bothControlsEndTogetherAndComeBackWithAnotherMinorVersionWhileNodesServe() throws Exception {
    control.api.add("alice", HOST);
    Secret carol = control.api.add("carol", HOST);
    for (String name : List.of("paris", "oslo")) {
      control.join(name, state(name));
    }
    awaitCarried(run("paris", earlier));
    run("oslo", NOW);
    awaitRevision("paris", "oslo");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(node("oslo").log()).contains("this node isn't in its cluster"));
    Map<String, Supplier<InetSocketAddress>> nodes =
        Map.of("paris", node("paris")::address, "oslo", node("oslo")::address);
    try (Movers movers = Movers.start(control.api, "alice", nodes)) {
      both(control::stop, second::stop);
      movers.awaitMore();
      serve(carol);
      both(() -> back(control), () -> back(second));
      Secret bob = control.api.add("bob", HOST);
      awaitRevision("paris", "oslo");
      serve(bob);
      movers.endWithoutLoss();
    }
    assertThat(node("paris").stop()).isZero();
    Files.delete(state("paris").resolve("last-state")); // so that it waits for the cluster first
    joined("paris"); // over the bus again, of controls that found each other
    awaitRevision("paris");
  }

  /** Each node a new client. */
  private void serve(Secret secret) throws Exception {
    for (String name : List.of("paris", "oslo")) {
      client(node(name), secret).close(); // or a node would wait for it before it ends
    }
  }

  private static int back(FarControl control) throws Exception {
    control.startAgain(NOW);
    return 0;
  }

  private static void both(Callable<Integer> one, Callable<Integer> another) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (Future<Integer> each : threads.invokeAll(List.of(one, another))) {
        assertThat(each.get()).isZero();
      }
    }
  }
}
