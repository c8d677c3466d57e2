package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.HelloReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/** A ClientHello from bytes to fields. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HelloParsing {
  /** Of the hello. */
  @Param public HelloShape shape = HelloShape.CLASSIC;

  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  /** Makes the hello. */
  @Setup
  public void make() {
    bytes = shape.bytes(Secret.of(new byte[Secret.KEY_LENGTH], Micro.HOST));
  }

  /** As it lies in the first read of a connection. */
  @Benchmark
  public HelloReader.Reading parse() {
    return HelloReader.read(bytes);
  }
}
