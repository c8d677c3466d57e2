package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.greeting.Greeter;
import io.doppelfleet.proxy.greeting.LiveSecret;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloReader;
import io.doppelfleet.proxy.welcome.Welcome;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long one hello holds its event loop where 10,000 secrets have its host name: percentiles and
 * the longest, which is p1.00. A hello has the loop twice, when it comes and when a worker has
 * found its secret; the workers' time is not in it. What JMH prints is by the clock, so a thread
 * that lost its processor and the collection of garbage are in it; beside it each iteration prints
 * the same of the thread's processor time, which the hello alone took.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LoopHold {
  private static final int KEYS = 10_000;

  /** So many are remembered. */
  private static final int MOST_USED = 1024;

  /** Of an iteration; more are not looked at. */
  private static final int MOST_SAMPLES = 1 << 20;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of the hellos. */
  @Param public HelloShape shape = HelloShape.CLASSIC;

  /** Secrets that clients used: as many as the loop tries itself, or as are remembered. */
  @Param({"64", "1024"})
  public int used;

  private final SplittableRandom random = new SplittableRandom(25);
  private final Vertx vertx = Vertx.vertx();
  private final List<Secret> secrets = new ArrayList<>();
  private final List<LiveSecret> live = new ArrayList<>();
  private final Path file =
      Path.of(System.getProperty("java.io.tmpdir"), "replays-" + ProcessHandle.current().pid());
  private SecretSearch search =
      new SecretSearch(vertx, new FleetState(1, List.of()), Instant.EPOCH);
  private Future<Optional<SecretSearch.Found>> asked = Future.succeededFuture(Optional.empty());
  private final long[] held = new long[MOST_SAMPLES];
  private int samples;
  private long began;
  private int next;

  @SuppressWarnings("NullAway.Init") // JMH calls make() first
  private ReplayWindow replays;

  @SuppressWarnings("NullAway.Init") // JMH calls make() first
  private Welcome welcome;

  @SuppressWarnings("NullAway.Init") // JMH calls come() first
  private ByteBuf foreign;

  @SuppressWarnings("NullAway.Init") // JMH calls come() first
  private ClientHello hello;

  @SuppressWarnings("NullAway.Init") // JMH calls come() first
  private InetAddress from;

  /** Makes the secrets, and finds those that are used: by one client more than are remembered. */
  @Setup
  public void make() throws IOException {
    List<NamedSecret> named = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      secrets.add(secret());
      named.add(new NamedSecret("user" + i, secrets.get(i)));
    }
    search = new SecretSearch(vertx, new FleetState(1, named), Instant.EPOCH);
    for (Secret secret : secrets.subList(0, used == MOST_USED ? used + 1 : used)) {
      live.add(
          search
              .find(shape.parsed(secret), address(), Runnable::run, () -> false)
              .toCompletionStage()
              .toCompletableFuture()
              .join()
              .orElseThrow()
              .secret());
    }
    welcome = Flights.welcome(shape, shape.parsed(secrets.getFirst()));
    replays = ReplayWindow.open(file, 100_000, Duration.ofMinutes(2));
  }

  /** A client was served, which changes the secrets of late; then others come. */
  @Setup(Level.Invocation)
  public void come() throws UnknownHostException {
    search.met(address(), user());
    from = address();
    foreign = shape.bytes(secret());
    hello = shape.parsed(user().named().secret());
    began = THREADS.getCurrentThreadCpuTime();
  }

  /** A hello of no secret comes: read, tried under few secrets and put in line for the others. */
  @Benchmark
  public Future<Optional<SecretSearch.Found>> comes() {
    if (!(HelloReader.read(foreign) instanceof HelloReader.Reading.Whole whole)) {
      throw new IllegalStateException("the node takes a right hello for none");
    }
    asked = search.find(whole.hello(), from, Runnable::run, () -> false);
    return asked;
  }

  /** A client's secret was found: its hello is remembered, and the answer made. */
  @Benchmark
  public Greeter.@Nullable Flight found() {
    LiveSecret secret = user();
    replays.first(hello, 1_700_000_000L);
    search.met(from, secret);
    return welcome.flight(hello, secret.key());
  }

  /** The worker's part. */
  @TearDown(Level.Invocation)
  public void search() {
    if (samples < MOST_SAMPLES) {
      held[samples++] = THREADS.getCurrentThreadCpuTime() - began;
    }
    asked.toCompletionStage().toCompletableFuture().join();
  }

  /** Prints what the iteration's hellos took of the processor. */
  @TearDown(Level.Iteration)
  public void print() {
    Arrays.sort(held, 0, samples);
    System.out.printf(
        "%nprocessor time of %d, us: p50 %.1f, p99 %.1f, p99.9 %.1f, longest %.1f%n",
        samples, held(0.5), held(0.99), held(0.999), held(1));
    samples = 0;
  }

  private double held(double part) {
    return held[(int) Math.ceil(part * samples) - 1] / 1e3;
  }

  /** Ends its threads, removes the file. */
  @TearDown
  public void close() throws IOException {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    replays.close();
    Files.delete(file);
  }

  private LiveSecret user() {
    next = (next + 1) % live.size();
    return live.get(next);
  }

  private Secret secret() {
    byte[] key = new byte[Secret.KEY_LENGTH];
    random.nextBytes(key);
    return Secret.of(key, Micro.HOST);
  }

  private InetAddress address() throws UnknownHostException {
    byte[] address = new byte[4];
    random.nextBytes(address);
    address[0] = 10;
    return InetAddress.getByAddress(address);
  }
}
