package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.TestClient;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pairs do while a node's rate is used up, by a clock that the test has. */
final class FullLinkTest {
  private static final NamedSecret SECRET =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final AddressBits FROM = AddressBits.of(InetAddress.ofLiteral("192.0.2.1"));
  private static final int MIB = 1 << 20;
  private static final int KIB = 1 << 10;

  private final AtomicLong now = new AtomicLong();
  private final Link link = new Link(MIB, 1, now::get);
  private final PairTable.Accounts accounts = new PairTable.Accounts();
  private final PairTable table =
      new PairTable(Duration.ofMinutes(5), accounts, PassageTest.scratch(Shaping.FULL), link, 0);
  private TestLoop test;

  private record Ends(Socket near, Socket far) {}

  @BeforeEach
  void fill() throws Exception {
    test = new TestLoop();
    link.passed(new Share(), 2 * MIB);
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  private Ends pair(boolean client) throws Exception {
    DescriptorLeg nearLeg = test.leg(LegHandler.NOBODY);
    Socket near = test.accept();
    DescriptorLeg farLeg = test.leg(LegHandler.NOBODY);
    Socket far = test.accept();
    test.on(
        () -> {
          Pair pair =
              client
                  ? Pair.serve(
                      SECRET,
                      FROM,
                      ListGate.OPEN,
                      nearLeg,
                      new RecordReader(true),
                      TestClient.random(new Random(1)).opened(),
                      farLeg,
                      table)
                  : Pair.splice(nearLeg, farLeg, null, table);
          pair.start(Unpooled.EMPTY_BUFFER);
          return null;
        });
    near.setSoTimeout(10_000);
    far.setSoTimeout(10_000);
    return new Ends(near, far);
  }

  private void becomesFree() {
    now.addAndGet(10_000_000_000L);
  }

  /** Or it could be told from a client's, which the node answers itself. */
  @Test
  void aStrangersHandshakeWaitsForNobodyAndWhatFollowsDoes() throws Exception {
    Ends stranger = pair(false);
    stranger.near().getOutputStream().write(new byte[500]);
    assertThat(stranger.far().getInputStream().readNBytes(500)).hasSize(500);
    stranger.far().getOutputStream().write(new byte[5 * KIB]);
    assertThat(stranger.near().getInputStream().readNBytes(5 * KIB)).hasSize(5 * KIB);
    stranger.near().getOutputStream().write(new byte[500]);
    assertThat(stranger.far().getInputStream().readNBytes(500)).hasSize(500);
    assertThat(link.isContended()).isFalse();
    for (int i = 0; i < 200 && !link.isContended(); i++) {
      stranger.far().getOutputStream().write(new byte[KIB]);
      Thread.sleep(5);
    }
    assertThat(link.isContended()).isTrue();
    assertThat(accounts.strangersDown().sum()).isBetween(16L * KIB, 80L * KIB);
  }

  /** Else whoever has no secret would stop all who have one. */
  @Test
  void newStrangersTogetherPassTheirPartAndWaitForTheRest() throws Exception {
    int length = 20 * KIB;
    List<Ends> strangers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Ends stranger = pair(false);
      stranger.near().getOutputStream().write(new byte[length]);
      strangers.add(stranger);
    }
    await().until(() -> link.waited() >= 12);
    Thread.sleep(100);
    // A quarter of a second's of a quarter of the rate, and what one reads in which that ends.
    assertThat(accounts.strangersUp().sum()).isBetween(64L * KIB, 90L * KIB);
    becomesFree();
    for (Ends stranger : strangers) {
      assertThat(stranger.far().getInputStream().readNBytes(length)).hasSize(length);
    }
  }

  @Test
  void whoOnlyWaitsForItsTurnIsNotIdle() throws Exception {
    Ends client = pair(true);
    client.near().getOutputStream().write(new byte[] {0x17, 3, 3, 0, 2, 5, 6});
    await().until(link::isContended);
    test.on(
        () -> {
          for (int second = 0; second < 400; second++) {
            assertThat(table.tick()).isZero();
          }
          return null;
        });
    becomesFree();
    assertThat(client.far().getInputStream().readNBytes(2)).hasSize(2);
  }

  /** Else all would read at once as soon as there is room, for what one has read isn't known. */
  @Test
  void ofThoseThatWaitForTheirSecretsRateOneAtATimeWaitsForTheNodes() throws Exception {
    limit(64 * KIB);
    List<Ends> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Ends client = pair(true);
      client.far().getOutputStream().write(new byte[KIB]);
      clients.add(client);
    }
    await().until(() -> accounts.books().waited() >= 3);
    assertThat(link.waited()).isOne();
    becomesFree();
    for (Ends client : clients) {
      assertThat(client.near().getInputStream().readNBytes(KIB)).hasSize(KIB);
    }
    await().until(() -> !link.isContended());
  }

  private void limit(long rate) {
    KeyGeneration key = new KeyGeneration(1, SECRET.secret(), Instant.EPOCH, null);
    Limits limits = new Limits(null, null, Map.of(), rate, null);
    FleetSecret secret = new FleetSecret(SECRET.name(), List.of(key), limits, Set.of());
    accounts
        .books()
        .limit(new FleetState(1, List.of(secret), List.of(), List.of(), Settings.DEFAULTS));
  }
}
