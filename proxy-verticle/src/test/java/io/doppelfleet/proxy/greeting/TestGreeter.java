package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.cover.Splices;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.KnownClients;
import io.doppelfleet.proxy.hello.SignedHello;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Scratch;
import io.doppelfleet.proxy.rule.RuleBans;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A greeter with all that it needs, of which only what comes before and after it is played: the
 * listener, the answers to hellos, what becomes of clients. Who comes and the cover are sockets.
 */
final class TestGreeter implements AutoCloseable {
  /** What a client is answered. */
  static final byte[] FLIGHT = {1, 2, 3};

  /** For {@code silence}, where it is no matter. */
  static final Duration LONG = Duration.ofHours(1);

  private static final int PATIENCE_SECONDS = 20;
  private static final String HOST = "cover.example";
  private static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** More than are tried where the hello came. */
  private static final int MANY_SECRETS = 100;

  /** More than hellos may have of a turn of the loop. */
  private static final long LEAST_BUSY_NANOS = 1_000_000;

  private static final Ends ENDS =
      new Ends(new InetSocketAddress("192.0.2.1", 1234), new InetSocketAddress("192.0.2.2", 443));

  private final Vertx vertx = Vertx.vertx();
  private final TestLoop test;
  private final List<CountDownLatch> heldWorkers = new ArrayList<>();
  private final List<Socket> far = new ArrayList<>();
  private final ReplayWindow replays;
  private final SecretSearch secrets;

  /** Of all that it met. */
  final PairTable.Accounts accounts = new PairTable.Accounts();

  /** Those who are no more of those of their network that are no clients. */
  final AtomicInteger outOfCrowd = new AtomicInteger();

  final PlayedCover site = new PlayedCover();
  final Outcomes outcomes = new Outcomes();
  final Doppel doppel;
  final Cover cover;
  final Greeter greeter;

  /**
   * The time in which a cover takes a connection, see {@link Times}; 0: the dial is at its latest.
   */
  volatile int dialMicros;

  volatile boolean roomForStrangers = true;
  volatile boolean roomForUndecided = true;
  volatile boolean boundsCrowds;

  /** Of whoever comes from now on. */
  volatile boolean crowded;

  /** Thrown by who is asked for other nodes' hellos; null: there are none. */
  volatile @Nullable RuntimeException fault;

  /** With one secret, which is tried where the hello came; the cover is seen. */
  static TestGreeter ofFewSecrets(TestLoop.Pump pump, Path directory) throws Exception {
    TestGreeter greeter = new TestGreeter(pump, directory, 1, LONG);
    greeter.doppel.coverSeen();
    return greeter;
  }

  /** With so many that workers look for the right one; the cover is seen. */
  static TestGreeter ofManySecrets(TestLoop.Pump pump, Path directory) throws Exception {
    TestGreeter greeter = new TestGreeter(pump, directory, MANY_SECRETS, LONG);
    greeter.doppel.coverSeen();
    return greeter;
  }

  /**
   * It isn't known yet whether the cover leads back here.
   *
   * @param secretCount one of them is the client's
   * @param silence how long who says nothing is waited for while the cover is down
   */
  TestGreeter(TestLoop.Pump pump, Path directory, int secretCount, Duration silence)
      throws Exception {
    test = new TestLoop(pump);
    cover = new Cover(site.at());
    cover.follow(vertx).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    cover.forget();
    doppel = new Doppel(Profile.unknown(site.at()));
    replays = ReplayWindow.open(directory.resolve("replays"), 100, TOLERANCE);
    secrets = new SecretSearch(vertx, state(secretCount), Clock.systemUTC().instant());
    Scratch scratch = new Scratch(new Random(1), new Shaper(doppel, Shaping.OFF, new Random(1)));
    Splices splices =
        new Splices(
            cover,
            new Dialler(test.legs(), test::channel),
            new PairTable(Duration.ofMinutes(5), accounts, scratch),
            Duration.ofSeconds(5));
    greeter =
        new Greeter(
            secrets,
            replays,
            (hello, secret) -> isNewElsewhere(),
            new RuleBans(null, PrefixSet.EMPTY, RANDOM),
            new Freshness(Clock.systemUTC(), TOLERANCE),
            accounts.books(),
            new Answers(),
            splices,
            new OwnConnections(RANDOM),
            doppel,
            test.bytes(),
            silence,
            new Rooms(),
            outcomes);
  }

  private static FleetState state(int count) {
    List<NamedSecret> all = new ArrayList<>();
    for (byte i = 1; i < count; i++) {
      byte[] key = KEY.clone();
      key[0] += i;
      all.add(new NamedSecret("other" + i, Secret.of(key, HOST)));
    }
    all.add(new NamedSecret("alice", Secret.of(KEY, HOST)));
    return new FleetState(1, all);
  }

  private boolean isNewElsewhere() {
    RuntimeException thrown = fault;
    if (thrown != null) {
      throw thrown;
    }
    return true;
  }

  /** A client's hello. */
  static byte[] hello() {
    return hello(KEY);
  }

  /** The same of a secret that nobody has. */
  static byte[] wrongHello() {
    return hello(new byte[Secret.KEY_LENGTH]);
  }

  private static byte[] hello(byte[] key) {
    long now = Clock.systemUTC().instant().getEpochSecond();
    return new SignedHello(KnownClients.tdlib(), HOST, key, now, RANDOM).bytes();
  }

  /** Somebody comes and says nothing yet: their end. */
  Socket come() throws Exception {
    return come(new byte[0]);
  }

  /** Somebody comes, whose first bytes were read with the connection: their end. */
  Socket come(byte[] early) throws Exception {
    Channel channel = test.connect();
    Socket comes = test.accept();
    far.add(comes);
    on(
        () -> {
          greet(channel, early);
          return null;
        });
    return comes;
  }

  /**
   * Somebody comes whose hello waits for its turn, longer than for the dial of a cover next door:
   * their end.
   *
   * @param leaves whether they are gone before that turn
   */
  Socket comeInTurn(byte[] hello, boolean leaves) throws Exception {
    Channel channel = test.connect();
    Socket comes = test.accept();
    on(
        () -> {
          keepBusy();
          greet(channel, hello);
          if (leaves) {
            FarEnds.reset(comes);
          }
          return null;
        });
    return comes;
  }

  /**
   * Other hellos come first, of which each takes a turn of the loop: as long as all before it
   * together, so that none is left of what hellos may have of a turn, see {@link HelloTurns}.
   */
  private void keepBusy() {
    long begun = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      greeter.inTurn(
          () -> {
            long begin = System.nanoTime();
            long end = begin + (begin - begun) + LEAST_BUSY_NANOS;
            for (long now = begin; now - end < 0; now = System.nanoTime()) {
              LockSupport.parkNanos(end - now);
            }
          },
          test.loop());
    }
  }

  private void greet(Channel channel, byte[] early) throws IOException {
    Leg near = test.legs().take(channel, "", LegHandler.NOBODY);
    ByteBuf bytes =
        early.length == 0
            ? Unpooled.EMPTY_BUFFER
            : Buffers.POOLED.directBuffer(early.length).writeBytes(early);
    greeter.greet(near, ENDS, ListGate.OPEN, new TestSeat(crowded), bytes);
  }

  /** From now on no worker looks for a secret, until the result is counted down. */
  CountDownLatch holdWorkers() throws Exception {
    int workers = Runtime.getRuntime().availableProcessors();
    CountDownLatch looked = new CountDownLatch(workers);
    CountDownLatch held = new CountDownLatch(1);
    heldWorkers.add(held);
    for (int i = 0; i < workers; i++) {
      InetAddress from = InetAddress.ofLiteral("198.51.100." + (i & 0xff));
      secrets.find(new ClientHello(wrongHello()), from, Runnable::run, () -> waited(looked, held));
    }
    assertThat(looked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return held;
  }

  private static boolean waited(CountDownLatch first, CountDownLatch held) {
    first.countDown();
    try {
      return held.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has the loop look at its sockets and do what is due. */
  void turn() throws Exception {
    on(() -> null);
    on(() -> null);
  }

  /** Bytes that it holds. */
  long waiting() {
    return test.bytes().waiting();
  }

  /** So many bytes more wait on the loop, or fewer. */
  void hold(long bytes) throws Exception {
    on(
        () -> {
          test.bytes().add(bytes);
          return null;
        });
  }

  /** Runs on the loop, and returns when it has. */
  <T> T on(Callable<T> work) throws Exception {
    return test.on(work);
  }

  @Override
  public void close() throws Exception {
    heldWorkers.forEach(CountDownLatch::countDown);
    for (Socket each : far) {
      FarEnds.reset(each); // who is undecided yet gives its bytes back
    }
    turn();
    test.close();
    site.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    replays.close();
  }

  private final class Answers implements Greeter.Flights {
    @Override
    public boolean canAnswer(ClientHello hello) {
      return true;
    }

    @Override
    public int dialMicros() {
      return dialMicros;
    }

    @Override
    public Greeter.Flight flight(ClientHello hello, byte[] key) {
      return new Greeter.Flight(FLIGHT, 0);
    }
  }

  private final class Rooms implements Room {
    @Override
    public boolean isForStrangers() {
      return roomForStrangers;
    }

    @Override
    public boolean boundsCrowds() {
      return boundsCrowds;
    }

    @Override
    public boolean isForUndecided() {
      return roomForUndecided;
    }
  }

  private final class TestSeat implements Seat {
    private final boolean crowd;

    TestSeat(boolean crowd) {
      this.crowd = crowd;
    }

    @Override
    public boolean isCrowded() {
      return crowd;
    }

    @Override
    public void leaveCrowd() {
      outOfCrowd.incrementAndGet();
    }
  }
}
