package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import io.doppelfleet.proxy.hello.ClientHello;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Whether a hello was seen before, in the window of a node's default. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Replays {
  private static final int REMEMBERED = 100_000;

  /** Few enough to be made soon, enough that their places are in no cache of the processor's. */
  private static final int HELLOS = 20_000;

  private final List<ClientHello> hellos = new ArrayList<>(HELLOS);
  private final Path file =
      Path.of(System.getProperty("java.io.tmpdir"), "replays-" + ProcessHandle.current().pid());
  private final ReplayWindow window = window(file);
  private int next;

  private static ReplayWindow window(Path file) {
    try {
      return ReplayWindow.open(file, REMEMBERED, Duration.ofMinutes(2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the hellos. */
  @Setup
  public void make() {
    Secret secret = Secret.of(new byte[Secret.KEY_LENGTH], Micro.HOST);
    for (int i = 0; i < HELLOS; i++) {
      hellos.add(HelloShape.CLASSIC.parsed(secret));
    }
  }

  /** New at first, then known: the look-up is the same. */
  @Benchmark
  public boolean first() {
    next = (next + 1) % HELLOS;
    return window.first(hellos.get(next), 1_700_000_000L);
  }

  /** Removes the file. */
  @TearDown
  public void close() throws IOException {
    window.close();
    Files.delete(file);
  }
}
