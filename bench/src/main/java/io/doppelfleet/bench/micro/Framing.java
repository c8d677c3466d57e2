package io.doppelfleet.bench.micro;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Burst;
import io.doppelfleet.proxy.doppel.Coming;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.doppel.Traffic;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.record.Records;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
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

/** A download's records: what the shaper plans, and their headers. Payload is not touched. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = Micro.FLAG)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Framing {
  /** Bytes of a message as the data centre sends it, with its own header. */
  private static final int MESSAGE = 260;

  /** Of the node. */
  @Param public Shaping shaping = Shaping.FULL;

  private final ByteBuf headers =
      Unpooled.directBuffer(Shaper.MOST_RECORDS * Records.HEADER_LENGTH);
  private final Download flow = new Download();
  private final Download talk = new Download();

  @SuppressWarnings("NullAway.Init") // JMH calls make() first
  private Shaper shaper;

  private static final class Download extends Burst {}

  /** Makes a shaper for a cover whose long responses are in full records after smaller ones. */
  @Setup
  public void make() {
    Traffic.Response page =
        new Traffic.Response(
            List.of(350, 1400, 1400, 1400, 4120, 4120, 16_401, 16_401, 16_401, 16_401),
            List.of(900, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            300_000);
    Traffic.Response small = new Traffic.Response(List.of(420), List.of(900), 420);
    Profile cover =
        new Profile(
            new HostPort(Micro.HOST, 443),
            Instant.EPOCH,
            List.of(),
            List.of(),
            new Traffic("h2", Records.LARGEST_PAYLOAD, List.of(page, small)));
    shaper = new Shaper(new Doppel(cover), shaping, new SplittableRandom(25));
  }

  /** As much as one read of a fast flow takes, 56 KiB at most; more is there. */
  @Benchmark
  public ByteBuf flow() {
    return frame(flow, shaper.whole(flow, Legs.CHUNK), Coming.THERE);
  }

  /** A message that came alone. */
  @Benchmark
  public ByteBuf message() {
    return frame(talk, MESSAGE, Coming.PERHAPS);
  }

  private ByteBuf frame(Download download, int bytes, Coming coming) {
    headers.clear();
    int records = shaper.plan(download, bytes, coming, System.nanoTime() / 1000);
    for (int record = 0; record < records; record++) {
      Records.writeHeader(headers, shaper.length(record));
    }
    shaper.left(download);
    return headers;
  }
}
