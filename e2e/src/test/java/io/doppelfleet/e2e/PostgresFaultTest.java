package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.store.PostgresServer;
import io.doppelfleet.fleet.Secret;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A control with a PostgreSQL store and three nodes that are linked to it, each a process, under
 * clients and writers: the control and the server are killed, and the server stands still and is
 * read-only.
 */
@Timeout(240)
@Tag("waiting")
final class PostgresFaultTest extends FarNodes {
  private static final List<String> NAMES = List.of("paris", "oslo", "rome");

  /** Longer than either end of a link waits for a word of the other, 8 s. */
  private static final Duration AWAY = Duration.ofSeconds(Long.getLong("fault.seconds", 9));

  /** Longer than between two reports of what has passed. */
  private static final Duration READ_ONLY = Duration.ofMillis(5_500);

  private PostgresServer server;
  private final Map<String, Supplier<InetSocketAddress>> addresses = new HashMap<>();

  @Override
  FarControl startedControl() throws Exception {
    return FarControl.start(state("control"), server.newDatabase(), "127.0.0.1", "", List.of());
  }

  @Override
  @BeforeAll
  void start() throws Exception {
    server = PostgresServer.start();
    super.start();
    for (String name : NAMES) {
      joined(name);
      addresses.put(name, () -> node(name).address());
    }
    awaitAll();
  }

  @Override
  @AfterAll
  void end() throws Exception {
    if (server != null) { // else there is none on this machine
      try {
        super.end();
      } finally {
        server.close();
      }
    }
  }

  private void awaitAll() {
    awaitRevision(NAMES.toArray(String[]::new));
  }

  private Movers moving(String secret) throws Exception {
    control.api.add(secret, HOST);
    awaitAll();
    return Movers.start(control.api, secret, addresses);
  }

  private static void awaitMore(Writes writes) {
    int then = writes.done();
    await().atMost(SOON).until(() -> writes.done() > then + 10);
  }

  /** All that was written is whole and everywhere, and every byte was counted. */
  private void assertNothingLost(Movers movers, Writes writes, long before) throws Exception {
    writes.end();
    assertThat(control.revision()).isEqualTo(before + writes.assertWhole());
    awaitAll();
    for (String name : NAMES) {
      client(node(name), writes.any());
    }
    movers.endWithoutLoss();
  }

  @Test
  void aControlThatIsKilledAmidWritesHasAllThatItAnsweredAndNothingByHalves() throws Exception {
    try (Movers movers = moving("alice")) {
      long before = control.revision();
      try (Writes writes = Writes.start(control.api, "x")) {
        awaitMore(writes);
        control.kill();
        movers.awaitMore();
        control.startAgain();
        awaitMore(writes);
        assertNothingLost(movers, writes, before);
        assertThat(writes.reasons()).isEmpty();
      }
    }
  }

  @Test
  void whileTheServerIsDeadChangesAreRefusedAndNodesServeAndThenNothingIsMissing()
      throws Exception {
    whileTheServerIsAway("bob", "y", server::kill, server::startAgain);
  }

  /** Its connections stay open, as where packets to it are dropped. */
  @Test
  void whileTheServerStandsStillChangesAreRefusedAndNodesServeAndThenNothingIsMissing()
      throws Exception {
    whileTheServerIsAway("erin", "v", server::standStill, server::goOn);
  }

  private interface Step {
    void go() throws Exception;
  }

  private void whileTheServerIsAway(String moving, String prefix, Step away, Step back)
      throws Exception {
    try (Movers movers = moving(moving)) {
      Secret there = control.api.add(moving + "-too", HOST);
      awaitAll();
      long before = control.revision();
      try (Writes writes = Writes.start(control.api, prefix)) {
        awaitMore(writes);
        int said = control.log().length();
        away.go();
        try {
          long since = System.nanoTime();
          await().atMost(SOON.multipliedBy(2)).until(() -> !writes.reasons().isEmpty());
          assertRefusalsAreQuick();
          client(node("paris"), there);
          Thread.sleep(AWAY.minusNanos(System.nanoTime() - since));
          movers.awaitMore();
          assertThat(control.log().substring(said)).as("links").doesNotContain("has ended");
        } finally {
          back.go();
        }
        awaitMore(writes);
        assertNothingLost(movers, writes, before);
        assertThat(writes.reasons())
            .allMatch(why -> why.startsWith("503") && why.contains("the store can't be reached"));
      }
    }
  }

  /** The first may wait for ten seconds; one by one they would, or for a minute each. */
  private void assertRefusalsAreQuick() throws Exception {
    long begin = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(control.api.call("GET", "/secrets", "").status()).isEqualTo(503);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("ten were refused in %d ms while the server was away%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(25));
  }

  /** As after a failover to a copy that follows. */
  @Test
  void whileTheServerIsReadOnlyThatIsSaidAndNodesServeAndThenNothingIsMissing() throws Exception {
    try (Movers movers = moving("carol")) {
      long before = control.revision();
      try (Writes writes = Writes.start(control.api, "z")) {
        awaitMore(writes);
        readOnly("on");
        try {
          await().atMost(SOON.multipliedBy(2)).until(() -> !writes.reasons().isEmpty());
          Thread.sleep(READ_ONLY);
          movers.awaitMore();
        } finally {
          readOnly("off");
        }
        awaitMore(writes);
        assertNothingLost(movers, writes, before);
        assertThat(writes.reasons())
            .allMatch(why -> why.startsWith("503") && why.contains("the store is read-only"));
      }
    }
  }

  private void readOnly(String value) throws Exception {
    server.execute("postgres", "ALTER SYSTEM SET default_transaction_read_only = " + value);
    server.execute("postgres", "SELECT pg_reload_conf()");
  }
}
