package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.StoreNode.echo;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits of a secret, set while real clients use it; each test has one of its own, on one node. */
@Timeout(180)
@Tag("waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LimitTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.2");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.3");
  private static final int MIB = 1 << 20;
  private static final Duration AT_MOST = Duration.ofSeconds(20);

  @TempDir static Path directory;
  private StoreNode node;
  private int tests;
  private String name;

  @BeforeAll
  void start() throws Exception {
    node = StoreNode.start(directory);
  }

  @BeforeEach
  void next() {
    name = "user" + ++tests;
  }

  @AfterEach
  void leave() throws Exception {
    node.leave();
  }

  @AfterAll
  void end() throws Exception {
    node.close();
  }

  private Secret limited(String limits) throws Exception {
    Secret secret = node.added(name);
    limit(limits);
    return secret;
  }

  private void limit(String limits) throws Exception {
    node.api.done("PUT", "/secrets/" + name + "/limits", limits);
    node.applied();
  }

  private FakeTlsClient client(Secret secret, InetAddress from) throws IOException {
    FakeTlsClient client = node.client(secret, from);
    echo(client);
    return client;
  }

  /** Whether a new client is let in; else it meets the cover's alert, and no welcome and an end. */
  private boolean isServed(Secret secret, InetAddress from) throws IOException {
    try {
      client(secret, from);
      return true;
    } catch (BrokenRuleException e) {
      return false;
    }
  }

  private void meetsTheCover(byte[] hello, InetAddress from) throws IOException {
    try (RawSocket stranger = RawSocket.connect(node.address(), from)) {
      stranger.send(hello);
      assertThat(stranger.readToEnd().bytes()).isEqualTo(AlertingCover.ALERT);
    }
  }

  @Test
  void whoIsOneConnectionTooManyMeetsTheCoverUntilAnotherLeaves() throws Exception {
    Secret alice = limited("{\"connections\": 3}");
    FakeTlsClient first = client(alice, HOME);
    for (int i = 0; i < 2; i++) {
      client(alice, ELSEWHERE);
    }
    assertThat(isServed(alice, HOME)).isFalse();
    first.close();
    await().atMost(SOON).until(() -> isServed(alice, HOME));
    assertThat(isServed(alice, HOME)).isFalse();
    limit("{\"connections\": 4}");
    assertThat(isServed(alice, HOME)).isTrue();
    assertThat(isServed(alice, HOME)).isFalse();
    limit("{}");
    assertThat(isServed(alice, HOME)).isTrue();
  }

  @Test
  void aLimitThatIsSetUnderConnectionsCountsThemAndCutsNone() throws Exception {
    Secret alice = limited("{}");
    FakeTlsClient first = client(alice, HOME);
    FakeTlsClient second = client(alice, HOME);
    limit("{\"connections\": 1}");
    assertThat(isServed(alice, HOME)).isFalse();
    for (FakeTlsClient each : List.of(first, second)) {
      each.say(new byte[] {8}, 1);
      assertThat(each.hear(1)).containsExactly(8);
    }
  }

  @Test
  void whoComesFromOneAddressTooManyMeetsTheCover() throws Exception {
    Secret alice = limited("{\"addresses\": {\"count\": 1, \"window\": 3600}}");
    client(alice, HOME);
    client(alice, HOME);
    assertThat(isServed(alice, ELSEWHERE)).isFalse();
    assertThat(isServed(alice, HOME)).isTrue();
    limit("{\"addresses\": {\"count\": 2, \"window\": 3600}}");
    assertThat(isServed(alice, ELSEWHERE)).isTrue();
  }

  @Test
  void aHelloThatNobodyCanAnswerTakesNoAddress() throws Exception {
    Secret alice = limited("{\"addresses\": {\"count\": 1, \"window\": 3600}}");
    Hellos unanswerable = Hellos.hybrid(alice).withKeys(ClientKeys.withoutMlKem());
    meetsTheCover(unanswerable.build().bytes(), ELSEWHERE);
    assertThat(isServed(alice, HOME)).isTrue();
    assertThat(isServed(alice, ELSEWHERE)).isFalse();
  }

  @Test
  void whenTheBytesAreSpentConnectionsAreCutAndWhoComesMeetsTheCoverUntilThereAreMore()
      throws Exception {
    Secret alice = limited("{\"bytes\": {\"month\": " + 40 * MIB + "}}");
    Secret bob = node.added("bob");
    FakeTlsClient other = client(bob, HOME);
    FakeTlsClient idle = client(alice, HOME);
    long moved = spend(alice, 40 * MIB);
    System.out.printf("of %d bytes %d were moved%n", 40 * MIB, moved);
    // An echo of 64 KiB was on its way, and a chunk of it had passed.
    assertThat(moved).isBetween(39L * MIB, 40L * MIB + (512 << 10));
    idle.say(new byte[] {8}, 1);
    assertThat(idle.raw().readToEnd().bytes()).isEmpty();
    assertThat(isServed(alice, HOME)).isFalse();
    other.say(new byte[] {8}, 1);
    assertThat(other.hear(1)).containsExactly(8);

    limit("{\"bytes\": {\"month\": " + 60 * MIB + "}}");
    await()
        .atMost(AT_MOST)
        .ignoreExceptionsInstanceOf(EOFException.class) // let in for an answer that was another
        .until(() -> isServed(alice, HOME));
    moved += spend(alice, 20 * MIB);
    assertThat(moved).isBetween(59L * MIB, 60L * MIB + (512 << 10));
    JsonObject total =
        node.api.done("GET", "/secrets/" + name + "/traffic", "").getJsonObject("total");
    assertThat(total.getLong("up") + total.getLong("down"))
        .isLessThanOrEqualTo(60L * MIB + (512 << 10));
  }

  /** Moves what it can, connection after connection; the bytes that came and went. */
  private long spend(Secret secret, long about) throws Exception {
    long moved = 0;
    Instant deadline = Instant.now().plus(AT_MOST.multipliedBy(2));
    int refused = 0;
    byte[] chunk = new byte[64 << 10];
    while (refused < 3) { // once may be, where an answer took its time
      assertThat(Instant.now()).as("moved %d of %d", moved, about).isBefore(deadline);
      FakeTlsClient client;
      try {
        client = client(secret, HOME);
        moved += 2;
      } catch (EOFException e) {
        continue; // an answer is due, and a client is let in for it
      } catch (BrokenRuleException e) {
        refused++;
        Thread.sleep(5_000); // longer than between two reports
        continue;
      }
      try {
        while (true) {
          client.say(chunk, 16_000);
          moved += chunk.length;
          client.hear(chunk.length);
          moved += chunk.length;
        }
      } catch (IOException | BrokenRuleException e) {
        // cut
      }
    }
    return moved;
  }

  @Test
  void bytesTakeTheTimeThatTheRateLetsThem() throws Exception {
    Secret alice = limited("{\"rate\": " + (256 << 10) + "}");
    FakeTlsClient client = client(alice, HOME);
    // 512 KiB, of which a quarter of a second's pass at once, and the last read's.
    long limited = echoed(client);
    assertThat(limited).isGreaterThan(1_400);
    limit("{}");
    assertThat(echoed(client)).isLessThan(limited);
  }

  /** Milliseconds that 256 KiB take there and back. */
  private static long echoed(FakeTlsClient client) throws IOException {
    byte[] chunk = new byte[64 << 10];
    long begin = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      client.say(chunk, 16_000);
      client.hear(chunk.length);
    }
    return (System.nanoTime() - begin) / 1_000_000;
  }

  @Test
  void aSecretThatExpiresIsServedNoMore() throws Exception {
    Instant end = Instant.now().plusSeconds(4).truncatedTo(ChronoUnit.SECONDS);
    Secret alice = limited("{\"expiry\": \"" + end + "\"}");
    FakeTlsClient client = client(alice, HOME);
    assertThat(client.raw().readToEnd().bytes()).isEmpty();
    assertThat(Instant.now()).isAfterOrEqualTo(end);
    assertThat(isServed(alice, HOME)).isFalse();
  }
}
