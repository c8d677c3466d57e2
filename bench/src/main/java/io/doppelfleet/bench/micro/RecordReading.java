package io.doppelfleet.bench.micro;

import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.transport.LoopCiphers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/** 64 KiB of an upload: headers out, payload out of the client's key stream into an array. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordReading {
  private static final int BYTES = 64 * 1024;

  /** Of official clients' records, and of the longest. */
  @Param({"256", "2878", "16384"})
  public int payload;

  private final byte[] plain = new byte[BYTES];
  private final LoopCiphers ciphers = new LoopCiphers();
  private final Upload upload = Upload.begin(new SplittableRandom(25), ciphers);
  private ByteBuf records = Unpooled.EMPTY_BUFFER;

  /** Writes the records, into an array as the relay reads them. */
  @Setup
  public void write() {
    records = Unpooled.buffer(2 * BYTES);
    byte[] content = new byte[payload];
    for (int i = 0; i < BYTES / payload; i++) {
      records.writeByte(0x17).writeShort(0x0303).writeShort(payload).writeBytes(content);
    }
  }

  /** All of them, as one read of the socket brings them. */
  @Benchmark
  public byte[] open() throws IllegalRecordException {
    ByteBuf in = records.readerIndex(0);
    int length = 0;
    for (int run = upload.next(in); run > 0; run = upload.next(in)) {
      ciphers.open(upload, in, run, plain, length);
      upload.took(run);
      length += run;
    }
    return plain;
  }
}
