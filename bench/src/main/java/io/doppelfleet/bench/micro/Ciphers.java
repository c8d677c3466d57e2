package io.doppelfleet.bench.micro;

import io.doppelfleet.proxy.transport.LoopCiphers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
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

/**
 * Uploads in chunks, out of the clients' streams and into the data centres', by a loop's ciphers.
 */
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
  private final LoopCiphers ciphers = new LoopCiphers();
  private final List<Upload> uploads = new ArrayList<>();
  private ByteBuf sent = Unpooled.EMPTY_BUFFER;
  private byte[] plain = {};
  private byte[] sealed = {};
  private int next;

  /** Makes those of many connections. */
  @Setup
  public void make() {
    sent = Unpooled.wrappedBuffer(new byte[chunk]);
    plain = new byte[chunk];
    sealed = new byte[chunk];
    for (int i = 0; i < STREAMS; i++) {
      uploads.add(Upload.begin(random, ciphers));
    }
  }

  /** One upload has the loop to itself. */
  @Benchmark
  public byte[] sameUpload() {
    return pass(uploads.getFirst());
  }

  /** Each chunk is another connection's, so the ciphers are keyed anew. */
  @Benchmark
  public byte[] anotherUpload() {
    next = (next + 1) % STREAMS;
    return pass(uploads.get(next));
  }

  private byte[] pass(Upload upload) {
    ciphers.open(upload, sent.readerIndex(0), chunk, plain, 0);
    ciphers.seal(upload, plain, chunk, sealed);
    return sealed;
  }
}
