package io.doppelfleet.bench.micro;

import io.doppelfleet.proxy.transport.LoopCiphers;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The 64 bytes that open an obfuscated2 stream. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Headers {
  private final SplittableRandom random = new SplittableRandom(25);
  private final byte[] secret = new byte[16];
  private final byte[] header =
      Obfuscated2.open(secret, Obfuscated2.PADDED_INTERMEDIATE, 2, random).header();
  private final LoopCiphers ciphers = new LoopCiphers();

  /** A client's, read, and the data centre's, made. */
  @Benchmark
  public byte[] bothLegs() {
    var stream = io.doppelfleet.proxy.transport.Obfuscated2.open(header, secret, ciphers);
    if (stream == null) {
      throw new IllegalStateException("the node takes a right header for none");
    }
    return stream.towardsDatacenter(random, ciphers);
  }
}
