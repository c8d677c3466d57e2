package io.doppelfleet.bench.micro;

import io.doppelfleet.proxy.transport.CtrStream;
import io.doppelfleet.proxy.transport.LoopCipher;
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
import org.openjdk.jmh.annotations.Warmup;

/** AES-256-CTR in chunks of streams that share a loop's cipher. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Ciphers {
  private static final int STREAMS = 1_024;

  /** Bytes of a chunk. */
  @Param({"256", "16384"})
  public int chunk;

  private final SplittableRandom random = new SplittableRandom(25);
  private final LoopCipher cipher = new LoopCipher();
  private final CtrStream[] streams = new CtrStream[STREAMS];
  private byte[] bytes = {};
  private int next;

  /** Makes streams of many connections. */
  @Setup
  public void make() {
    bytes = new byte[chunk];
    for (int i = 0; i < STREAMS; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      streams[i] = new CtrStream(key, new byte[16]);
    }
  }

  /** One stream has the loop to itself. */
  @Benchmark
  public byte[] sameStream() {
    cipher.apply(streams[0], bytes, 0, chunk);
    return bytes;
  }

  /** Each chunk is another connection's, so the cipher is keyed anew. */
  @Benchmark
  public byte[] anotherStream() {
    next = (next + 1) % STREAMS;
    cipher.apply(streams[next], bytes, 0, chunk);
    return bytes;
  }
}
