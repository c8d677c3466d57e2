package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A client of each node of a fleet, all by one secret, which move bytes whatever breaks; and what
 * the control's totals say of them.
 */
final class Movers implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int SOME = 20_000;

  private final ControlApi api;
  private final String secret;
  private final Map<String, Mover> byNode = new TreeMap<>();
  private final Map<String, Long> before = new HashMap<>();

  private Movers(ControlApi api, String secret) {
    this.api = api;
    this.secret = secret;
  }

  /**
   * Begins; the secret is there, and its nodes serve it.
   *
   * @param nodes where each is, by its name
   */
  static Movers start(ControlApi api, String secret, Map<String, Supplier<InetSocketAddress>> nodes)
      throws IOException {
    Movers movers = new Movers(api, secret);
    Secret key = api.secret(secret);
    for (Map.Entry<String, Supplier<InetSocketAddress>> node : nodes.entrySet()) {
      movers.before.put(node.getKey(), movers.total(node.getKey()));
      movers.byNode.put(node.getKey(), Mover.start(node.getValue(), key));
    }
    movers.awaitMore();
    return movers;
  }

  Mover in(String node) {
    return Objects.requireNonNull(byNode.get(node));
  }

  /** All go on. */
  void awaitMore() {
    awaitMore(byNode.keySet().toArray(String[]::new));
  }

  /** Those in these nodes go on. */
  void awaitMore(String... nodes) {
    for (String node : nodes) {
      Mover mover = in(node);
      long more = mover.moved() + SOME;
      await().atMost(SOON).until(() -> mover.moved() >= more);
    }
  }

  /** Bytes from clients that are in the store; 0 where nothing is known of them yet. */
  private long total(String node) throws IOException {
    ControlApi.Reply reply = api.call("GET", "/secrets/" + secret + "/traffic", "");
    for (Object each : reply.body().getJsonArray("nodes", new JsonArray())) {
      if (((JsonObject) each).getString("name").equals(node)) {
        return ((JsonObject) each).getLong("up");
      }
    }
    return 0;
  }

  /** Bytes from its clients that the store has of a node, since these began. */
  long told(String node) throws IOException {
    return total(node) - Objects.requireNonNull(before.get(node));
  }

  /** All end: none was cut or refused meanwhile, and each byte is in the totals once. */
  void endWithoutLoss() throws Exception {
    end();
    for (String node : byNode.keySet()) {
      assertAllTold(node);
    }
  }

  /**
   * The same, but one node was killed: of what was moved there just before some may be missing.
   *
   * @param told what the store had of it before that
   * @param moved what had been moved there when it had been killed
   */
  void endWithoutLossBut(String killed, long told, long moved) throws Exception {
    end();
    for (String node : byNode.keySet()) {
      if (!node.equals(killed)) {
        assertAllTold(node);
      }
    }
    long all = in(killed).moved();
    await().atMost(SOON).until(() -> told(killed) >= told + all - moved);
    assertThat(told(killed)).isLessThanOrEqualTo(all + Mover.BYTES); // some were under way
  }

  private void end() throws InterruptedException {
    for (Mover mover : byNode.values()) {
      mover.end();
    }
  }

  private void assertAllTold(String node) {
    Mover mover = in(node);
    assertThat(mover.lost()).as("clients that were cut in " + node).isZero();
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> assertThat(told(node)).as(node).isEqualTo(mover.moved()));
  }

  @Override
  public void close() throws InterruptedException {
    end();
  }
}
