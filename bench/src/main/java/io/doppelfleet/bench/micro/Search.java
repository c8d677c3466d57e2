package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.hello.ClientHello;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * The secret that made a hello, among keys of one host name, for a client from a new address: half
 * of them are tried on the average. Above 64 keys the way to a worker thread and back is in it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Search {
  private static final int HELLOS = 256;

  /** Secrets of the host name. */
  @Param({"1", "100", "10000"})
  public int keys;

  /** Of the hellos. */
  @Param public HelloShape shape = HelloShape.CLASSIC;

  private final SplittableRandom random = new SplittableRandom(25);
  private final Vertx vertx = Vertx.vertx();
  private final List<ClientHello> hellos = new ArrayList<>();
  private SecretSearch search =
      new SecretSearch(vertx, new FleetState(1, List.of()), Instant.EPOCH);

  /** Makes secrets and hellos. */
  @Setup
  public void make() {
    List<NamedSecret> secrets = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      secrets.add(new NamedSecret("user" + i, Secret.of(key, Micro.HOST)));
    }
    for (int i = 0; i < HELLOS; i++) {
      hellos.add(shape.parsed(secrets.get(random.nextInt(keys)).secret()));
    }
    search = new SecretSearch(vertx, new FleetState(1, secrets), Instant.EPOCH);
  }

  /** One hello of a random secret, from a random address. */
  @Benchmark
  public Optional<SecretSearch.Found> find() throws UnknownHostException {
    byte[] address = {10, 0, 0, 0};
    int any = random.nextInt();
    address[1] = (byte) (any >> 16);
    address[2] = (byte) (any >> 8);
    address[3] = (byte) any;
    Optional<SecretSearch.Found> found =
        search
            .find(
                hellos.get(random.nextInt(HELLOS)),
                InetAddress.getByAddress(address),
                Runnable::run,
                () -> false)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    if (found.isEmpty()) {
      throw new IllegalStateException("a right hello was not found");
    }
    return found;
  }

  /** Ends its threads. */
  @TearDown
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
