package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of one of very many secrets, while strangers keep the search busy. */
@Tag("alone")
@Timeout(120)
final class SearchTest {
  private static final ClientKeys KEYS = ClientKeys.generate();

  /** A second; of TDLib's size two slow processors can't try them all under all secrets. */
  private static final int FOREIGN = 200;

  /** Of strangers that come again and again. */
  private static final int ADDRESSES = 16;

  private static final int SECONDS = 10;

  /** Before the clients come: until it is compiled a trial takes many times as long. */
  private static final int WARM_UP_SECONDS = 3;

  private static final int CLIENTS = 300;
  private static final int MILLIS_BETWEEN_CLIENTS = 20;

  /** Who is not answered goes to the cover, which says nothing here. */
  private static final int PATIENCE_MILLIS = 5_000;

  private static final int NEVER = Integer.MAX_VALUE;

  @TempDir Path directory;
  private final List<Secret> secrets =
      Stream.generate(SearchTest::newSecret).limit(10_000).toList();
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    List<NamedSecret> named = new ArrayList<>();
    for (Secret secret : secrets) {
      named.add(new NamedSecret("user" + named.size(), secret));
    }
    node = TestNode.start(directory, ProxyOptions.Limits.defaults(), new FleetState(1, named));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    node.closeOnceEmpty();
  }

  @Test
  void underTwoHundredForeignHellosASecondClientsOfUsedSecretsAreServedAndAfterwardsAllOthers()
      throws Exception {
    List<Secret> used = secrets.subList(0, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
      assertThat(millisUntilServed(hello(used.get(i)), address(1, i))).isLessThan(NEVER);
    }
    List<byte[]> foreign = foreign(hello(used.getFirst()));
    List<RawSocket> strangers = new ArrayList<>();
    List<Integer> ofUsed;
    List<Integer> ofOthers;
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> flood = pool.submit(() -> send(foreign, foreign.size(), strangers));
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      List<Future<Integer>> clients = new ArrayList<>();
      List<Future<Integer>> others = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread.sleep(MILLIS_BETWEEN_CLIENTS);
        Secret known = used.get(i);
        InetAddress from = address(2, i);
        clients.add(pool.submit(() -> millisUntilServed(hello(known), from)));
        if (i % 5 == 0) {
          Secret other = secrets.get(secrets.size() - 1 - i);
          InetAddress elsewhere = address(3, i);
          others.add(pool.submit(() -> millisUntilServed(hello(other), elsewhere)));
        }
      }
      flood.get();
      ofUsed = sorted(clients);
      ofOthers = sorted(others);
    }
    int percent99 = ofUsed.get(CLIENTS * 99 / 100 - 1);
    long served = ofOthers.stream().filter(millis -> millis < NEVER).count();
    System.out.printf(
        "clients of used secrets: half within %d ms, 99 %% within %d; of others %d of %d served%n",
        ofUsed.get(CLIENTS / 2), percent99, served, ofOthers.size());
    assertThat(percent99).isLessThanOrEqualTo(1_000);
    assertThat(served).isPositive();
    await().atMost(SOON).until(() -> waiting() == 0);
    assertThat(millisUntilServed(hello(secrets.get(5_000)), address(4, 0))).isLessThan(NEVER);
    for (RawSocket stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void
      underTwoHundredForeignHellosASecondFromSomeAddressesNewClientsOfUnusedSecretsAreServedWithinASecond()
          throws Exception {
    List<byte[]> foreign = foreign(shortHello(secrets.getFirst()));
    List<RawSocket> strangers = new ArrayList<>();
    List<Integer> times;
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> flood = pool.submit(() -> send(foreign, ADDRESSES, strangers));
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Thread.sleep(MILLIS_BETWEEN_CLIENTS);
        Hellos hello = shortHello(secrets.get(secrets.size() - 1 - i));
        InetAddress from = address(2, i);
        clients.add(pool.submit(() -> millisUntilServed(hello, from)));
      }
      flood.get();
      times = sorted(clients);
    }
    int percent99 = times.get(CLIENTS * 99 / 100 - 1);
    System.out.printf(
        "clients of unused secrets: half within %d ms, 99 %% within %d, %d never%n",
        times.get(CLIENTS / 2),
        percent99,
        times.stream().filter(millis -> millis == NEVER).count());
    assertThat(percent99).isLessThanOrEqualTo(1_000);
    for (RawSocket stranger : strangers) {
      stranger.close();
    }
  }

  private static List<byte[]> foreign(Hellos hellos) {
    return Stream.generate(() -> hellos.withWrongDigest().build().bytes())
        .limit(FOREIGN * SECONDS)
        .toList();
  }

  /**
   * Each from another address while there are such, after pauses of every length: no client is in
   * step.
   */
  private @Nullable Void send(List<byte[]> foreign, int addresses, List<RawSocket> strangers)
      throws Exception {
    RandomGenerator pauses = new SplittableRandom(3);
    long due = System.nanoTime();
    for (byte[] hello : foreign) {
      due += pauses.nextLong(2 * TimeUnit.SECONDS.toNanos(SECONDS) / foreign.size());
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      RawSocket stranger =
          RawSocket.connect(node.address(), address(9, strangers.size() % addresses));
      strangers.add(stranger);
      stranger.send(hello);
    }
    return null;
  }

  private int millisUntilServed(Hellos hellos, InetAddress from) throws IOException {
    ClientHello hello = hellos.build();
    long began = System.nanoTime();
    try (FakeTlsClient client = FakeTlsClient.connect(node.address(), from)) {
      client.raw().socket().setSoTimeout(PATIENCE_MILLIS);
      client.raw().send(hello.bytes());
      client.readFlight(hello);
      return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    } catch (SocketTimeoutException e) {
      return NEVER;
    }
  }

  private static List<Integer> sorted(List<Future<Integer>> times) throws Exception {
    List<Integer> sorted = new ArrayList<>();
    for (Future<Integer> time : times) {
      sorted.add(time.get());
    }
    sorted.sort(null);
    return sorted;
  }

  private double waiting() {
    return node.meters.get("doppelfleet.searches.waiting").gauge().value();
  }

  private static Hellos hello(Secret secret) {
    return Hellos.hybrid(secret).withKeys(KEYS);
  }

  private static Hellos shortHello(Secret secret) {
    return Hellos.classic(secret).withKeys(KEYS);
  }

  private static Secret newSecret() {
    byte[] key = new byte[Secret.KEY_LENGTH];
    RANDOM.nextBytes(key);
    return Secret.of(key, "cover.example");
  }

  private static InetAddress address(int kind, int number) {
    return InetAddress.ofLiteral("127." + kind + "." + (number >> 8) + "." + (number & 0xff));
  }
}
