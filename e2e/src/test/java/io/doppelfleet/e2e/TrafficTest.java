package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real clients move through a real node is in its control's totals, byte for byte. */
@Timeout(180)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TrafficTest {
  /** From a byte to the store 5 s are promised; a busy machine is given more. */
  private static final Duration IN_THE_STORE = Duration.ofSeconds(15);

  @TempDir static Path directory;
  private StoreNode node;

  @BeforeAll
  void start() throws Exception {
    node = StoreNode.start(directory);
  }

  @AfterEach
  void leave() throws Exception {
    node.leave();
  }

  @AfterAll
  void end() throws Exception {
    node.close();
  }

  private FakeTlsClient client(Secret secret) throws IOException {
    return node.client(secret, InetAddress.getLoopbackAddress());
  }

  /** Each byte comes back. */
  private static void move(FakeTlsClient client, int bytes) throws IOException {
    client.say(new byte[bytes], 1000);
    client.hear(bytes);
  }

  private void awaitTotal(String secret, long bytes, int opened, int open) {
    JsonObject right =
        new JsonObject()
            .put("up", bytes)
            .put("down", bytes)
            .put("opened", (long) opened)
            .put("open", (long) open);
    await()
        .atMost(IN_THE_STORE)
        .ignoreExceptionsInstanceOf(IOException.class) // nothing is known of it yet
        .untilAsserted(() -> assertThat(total(secret).encode()).isEqualTo(right.encode()));
  }

  private JsonObject total(String secret) throws IOException {
    return node.api.done("GET", "/secrets/" + secret + "/traffic", "").getJsonObject("total");
  }

  /** The first: of all secrets together nothing has passed yet. */
  @Test
  @Order(1)
  void everyByteAndConnectionIsInTheTotalsAndByHourAndDay() throws Exception {
    Secret alice = node.added("alice");
    Secret bob = node.added("bob");
    FakeTlsClient first = client(alice);
    FakeTlsClient second = client(alice);
    move(first, 100_000);
    move(second, 23);
    move(client(bob), 5);
    second.close();
    awaitTotal("alice", 100_023, 2, 1);
    awaitTotal("bob", 5, 1, 1);
    move(first, 77);
    awaitTotal("alice", 100_100, 2, 1);

    for (String by : List.of("hour", "day")) {
      JsonObject traffic = node.api.done("GET", "/traffic?by=" + by, "");
      assertThat(traffic.getJsonObject("total").getLong("up")).isEqualTo(100_105);
      assertThat(traffic.getJsonArray("secrets")).hasSize(2);
      assertThat(
              traffic.getJsonArray("periods").stream()
                  .mapToLong(period -> ((JsonObject) period).getLong("down"))
                  .sum())
          .isEqualTo(100_105);
    }
    assertThat(node.status().getJsonObject("traffic").getLong("open")).isEqualTo(2);
    assertThat(node.api.done("GET", "/secrets/alice", "").getJsonObject("traffic").getLong("up"))
        .isEqualTo(100_100);
  }

  @Test
  void whatARevokedSecretMovedIsStillTold() throws Exception {
    FakeTlsClient client = client(node.added("carol"));
    move(client, 50_000);
    node.api.done("DELETE", "/secrets/carol", "");
    client.raw().readToEnd();
    awaitTotal("carol", 50_000, 1, 0);
    // The name's next secret goes on from there.
    move(client(node.added("carol")), 1_000);
    awaitTotal("carol", 51_000, 2, 1);
  }

  @Test
  void aNodeThatEndsInPeaceTellsAllThatItMoved() throws Exception {
    FakeTlsClient client = client(node.added("dave"));
    for (int i = 0; i < 3; i++) {
      move(client, 10_000);
      client.close();
      assertThat(node.stop()).isZero(); // at once, before a report's time has come
      node.startAgain();
      JsonObject total = total("dave");
      assertThat(total.getLong("up")).isEqualTo(10_000L * (i + 1));
      assertThat(total.getLong("opened")).isEqualTo(i + 1);
      assertThat(total.getLong("open")).isZero();
      client = client(node.api.secret("dave"));
    }
    move(client, 1);
    awaitTotal("dave", 30_001, 4, 1);
  }

  @Test
  void ofANodeThatIsKilledNoMoreThanTheLastSecondsAreMissingAndNothingIsTwice() throws Exception {
    long before = 0;
    Secret alice = node.added("erin");
    for (int round = 0; round < 2; round++) {
      FakeTlsClient client = client(alice);
      long early = 0;
      long moved = 0;
      long begin = System.nanoTime();
      long killed = begin + Duration.ofSeconds(12).toNanos();
      while (System.nanoTime() < killed) {
        move(client, 1_000);
        moved += 1_000;
        if (System.nanoTime() < killed - Duration.ofSeconds(7).toNanos()) {
          early = moved; // 5 s are promised, on a machine that isn't busy
        }
        Thread.sleep(10);
      }
      node.kill();
      node.startAgain();
      long after = total("erin").getLong("up");
      System.out.printf(
          "killed after %d bytes in 12 s, of which %d are in the store%n", moved, after - before);
      assertThat(after - before).isBetween(early, moved);
      before = after;
    }
    move(client(alice), 500);
    long right = before + 500;
    await().atMost(IN_THE_STORE).until(() -> total("erin").getLong("up") == right);
    assertThat(total("erin").getLong("open")).isEqualTo(1);
  }
}
