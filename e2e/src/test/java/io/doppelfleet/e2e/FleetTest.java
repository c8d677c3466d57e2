package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is changed while a node runs, in one process with its control, under clients. */
@Timeout(180)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FleetTest {
  /** A second is what is promised; a machine that runs many tests is given more. */
  private static final Duration AT_MOST = Duration.ofSeconds(5);

  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.3");

  @TempDir static Path directory;
  private StoreNode node;

  @BeforeAll
  void start() throws Exception {
    node = StoreNode.start(directory);
  }

  @AfterEach
  void leave() throws Exception {
    node.leave();
    for (String name : List.of("alice", "bob")) {
      node.api.call("DELETE", "/secrets/" + name, "");
    }
    for (String path : List.of("/lists/home", "/bans/127.0.0.2%2F32", "/bans/127.0.0.0%2F24")) {
      node.api.call("DELETE", path, ""); // where a test ended before it did
    }
  }

  @AfterAll
  void end() throws Exception {
    node.close();
  }

  @Test
  void aSecretThatIsAddedIsServedSoonAndOthersNoticeNothing() throws Exception {
    FakeTlsClient bob = client(node.added("bob"), HOME);
    final long next = node.status().getLong("revision") + 1;
    Secret alice = node.api.add("alice", StoreNode.HOST);
    Instant added = Instant.now();
    try (FakeTlsClient client = servedWithin(AT_MOST, added, alice)) {
      echo(client);
    }
    echo(bob);
    assertThat(node.status().getLong("revision")).isEqualTo(next);
    await().atMost(SOON).until(() -> node.report().getLong("revision") == next);
  }

  @Test
  void afterARotationBothKeysWorkUntilTheOldOneEndsAndItsConnectionsMayFinish() throws Exception {
    Secret old = node.added("alice");
    FakeTlsClient before = client(old, HOME);
    JsonObject rotated = node.api.done("POST", "/secrets/alice/rotation", "{\"overlap\": 8}");
    Instant end = Instant.parse(rotated.getJsonArray("keys").getJsonObject(0).getString("until"));
    Secret fresh = node.api.secret("alice");
    assertThat(fresh.hasKeyOf(old)).isFalse();
    FakeTlsClient after = servedWithin(AT_MOST, Instant.now(), fresh);
    try (FakeTlsClient late = client(old, HOME)) {
      echo(late);
      echo(before);
    }
    assertThat(Instant.now()).isBefore(end); // or the machine was too busy to see it

    Thread.sleep(Duration.between(Instant.now(), end.plusSeconds(1)));
    echo(before);
    meetsTheCover(old, HOME);
    assertThat(before.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    Instant cut = end.plus(ProcessNode.DRAIN_WITH_STORE);
    assertThat(Instant.now()).isBetween(cut, cut.plus(AT_MOST));
    echo(after);
  }

  @Test
  void theConnectionsOfARevokedSecretAreCutSoonAndNoOthers() throws Exception {
    Secret alice = node.added("alice");
    Secret bob = node.added("bob");
    List<FakeTlsClient> alices = new ArrayList<>();
    List<FakeTlsClient> bobs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      alices.add(client(alice, HOME));
      bobs.add(client(bob, HOME));
    }
    final Instant asked = Instant.now();
    node.api.done("DELETE", "/secrets/alice", "");
    for (FakeTlsClient each : alices) {
      RawSocket.Rest rest = each.raw().readToEnd();
      assertThat(rest.bytes()).isEmpty();
      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
    cutInTime(asked);
    for (FakeTlsClient each : bobs) {
      echo(each);
    }
    meetsTheCover(alice, HOME);
  }

  @Test
  void aBanCutsWhoIsThereSoonAndWhoComesMeetsTheCoverUntilItEnds() throws Exception {
    Secret alice = node.added("alice");
    FakeTlsClient banned = client(alice, HOME);
    FakeTlsClient other = client(alice, ELSEWHERE);
    final Instant asked = Instant.now();
    node.api.done("POST", "/bans", "{\"prefix\": \"127.0.0.2\", \"reason\": \"a test\"}");
    assertThat(banned.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    cutInTime(asked);
    echo(other);
    byte[] seen = meetsTheCover(alice, HOME);
    // Whoever watched the banned client can't use its hello from elsewhere.
    meetsTheCover(seen, ELSEWHERE);

    node.api.done("DELETE", "/bans/127.0.0.2%2F32", "");
    servedWithin(AT_MOST, Instant.now(), alice);

    Instant expiry = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
    JsonObject brief =
        new JsonObject()
            .put("prefix", "127.0.0.0/24")
            .put("reason", "a test")
            .put("expiry", expiry.toString());
    node.api.done("POST", "/bans", brief.encode());
    assertThat(other.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    servedWithin(AT_MOST, expiry, alice);
  }

  @Test
  void aListCutsWhomItRefusesAndAnotherWhomItDoesNotHave() throws Exception {
    Secret alice = node.added("alice");
    FakeTlsClient listed = client(alice, HOME);
    FakeTlsClient other = client(alice, ELSEWHERE);
    final Instant asked = Instant.now();
    node.api.done("PUT", "/lists/home", home("deny"));
    assertThat(listed.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    cutInTime(asked);
    echo(other);
    meetsTheCover(alice, HOME);
    node.api.done("DELETE", "/lists/home", "");
    servedWithin(AT_MOST, Instant.now(), alice).close();

    node.api.done("PUT", "/lists/home", home("allow"));
    assertThat(other.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
    echo(client(alice, HOME));
    meetsTheCover(alice, ELSEWHERE);
  }

  private static String home(String use) {
    return new JsonObject()
        .put("use", use)
        .put("prefixes", new JsonArray().add("127.0.0.2"))
        .put("confirm", new JsonArray().add("private").add("bogon"))
        .encode();
  }

  @Test
  void aLimitOfAllSecretsHoldsForThoseThatHaveNoneOfTheirOwn() throws Exception {
    Secret alice = node.added("alice");
    final Secret bob = node.added("bob");
    node.api.done("PUT", "/secrets/bob/limits", "{\"connections\": 2}");
    node.api.done("PUT", "/settings", "{\"limits\": {\"connections\": 1}}");
    node.applied();
    try {
      FakeTlsClient first = client(alice, HOME);
      meetsTheCover(alice, HOME);
      echo(client(bob, HOME));
      echo(client(bob, HOME));
      echo(first);
    } finally {
      node.api.done("PUT", "/settings", "{}");
      node.applied();
    }
  }

  @Test
  void killedInTheMidstOfWritesItLosesNothingThatItSaidToBeDone(@TempDir Path own)
      throws Exception {
    try (StoreNode killed = StoreNode.start(own)) {
      losesNothing(killed);
    }
  }

  private static void losesNothing(StoreNode killed) throws Exception {
    Set<String> told = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 2; round++) {
      int name = round;
      AtomicBoolean over = new AtomicBoolean();
      together(
          4,
          thread -> {
            for (int i = 0; !over.get(); i++) {
              String each = "user-" + name + "-" + thread + "-" + i;
              try {
                killed.api.add(each, StoreNode.HOST);
                told.add(each);
              } catch (IOException e) {
                return; // killed
              }
            }
          },
          () -> {
            int before = told.size();
            await().atMost(Duration.ofSeconds(60)).until(() -> told.size() > before + 40);
            killed.kill();
            over.set(true);
          });
      killed.startAgain();
      JsonObject status = killed.status();
      List<String> names =
          killed.api.done("GET", "/secrets", "").getJsonArray("secrets").stream()
              .map(secret -> ((JsonObject) secret).getString("name"))
              .toList();
      assertThat(names).containsAll(told).doesNotHaveDuplicates();
      // Each revision added one: none is there by halves.
      assertThat(status.getLong("revision")).isEqualTo(names.size() + 1L);
      echo(killed.client(killed.api.secret(told.iterator().next()), HOME));
    }
  }

  @Test
  void noHelloIsDroppedWhileStatesChangeUnderIt() throws Exception {
    Secret alice = node.added("alice");
    FakeTlsClient held = client(alice, ELSEWHERE);
    int changes = 150;
    together(
        3,
        thread -> {
          for (int i = 0; i < 150; i++) {
            try (FakeTlsClient client = client(alice, HOME)) {
              echo(client);
            }
          }
        },
        () -> {
          for (int i = 0; i < changes; i++) {
            node.api.add("user" + i, StoreNode.HOST);
            if (i % 3 == 2) {
              node.api.done("DELETE", "/secrets/user" + (i - 1), "");
            }
          }
        });
    echo(held);
  }

  private static void cutInTime(Instant asked) {
    Duration took = Duration.between(asked, Instant.now());
    System.out.printf("connections were cut %d ms after the request%n", took.toMillis());
    assertThat(took).isLessThan(AT_MOST);
  }

  /** What a thread with this number does. */
  private interface Work {
    void of(int thread) throws Exception;
  }

  /** Both, so many threads of the one, until all have ended. */
  private static void together(int threads, Work work, Step meanwhile) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        all.add(
            executor.submit(
                () -> {
                  work.of(thread);
                  return null;
                }));
      }
      meanwhile.run();
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  /** What the test itself does. */
  private interface Step {
    void run() throws Exception;
  }

  private FakeTlsClient client(Secret secret, InetAddress from) throws IOException {
    FakeTlsClient client = node.client(secret, from);
    echo(client);
    return client;
  }

  /** Tries from {@link #HOME} until it is served. */
  private FakeTlsClient servedWithin(Duration time, Instant since, Secret secret) throws Exception {
    while (true) {
      final Instant tried = Instant.now();
      ClientHello hello = Hellos.classic(secret).build();
      FakeTlsClient client = node.connect(HOME);
      try {
        client.handshake(hello, 2, RANDOM);
        echo(client);
        return client;
      } catch (BrokenRuleException e) { // the cover answered
        assertThat(tried).isBefore(since.plus(time));
      }
    }
  }

  /** Its hello goes there byte for byte; the result is the hello. */
  private byte[] meetsTheCover(Secret secret, InetAddress from) throws Exception {
    byte[] hello = Hellos.classic(secret).build().bytes();
    meetsTheCover(hello, from);
    return hello;
  }

  private void meetsTheCover(byte[] hello, InetAddress from) throws Exception {
    try (RawSocket stranger = RawSocket.connect(node.address(), from)) {
      stranger.send(hello);
      assertThat(stranger.readToEnd().bytes()).isEqualTo(AlertingCover.ALERT);
      assertThat(node.cover.has(hello)).isTrue();
    }
  }
}
