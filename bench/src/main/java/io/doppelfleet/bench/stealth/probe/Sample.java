package io.doppelfleet.bench.stealth.probe;

import io.doppelfleet.bench.stealth.wire.Transcript;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What one run of a script has seen.
 *
 * @param transcript all but time
 * @param reactions nanoseconds from each act to the first byte after it
 * @param end nanoseconds from the last act to the other end's close, or -1
 */
record Sample(Transcript transcript, List<Long> reactions, long end) {
  /** Closes seen as far apart as this, in nanoseconds, are not of one time-out. */
  private static final long ONE_TIMEOUT = 500_000_000;

  /**
   * Runs a script.
   *
   * @param target who is probed
   */
  static Sample take(Probe probe, InetSocketAddress target, Setting setting)
      throws IOException, InterruptedException {
    return begin(probe, target, setting).complete();
  }

  /** The same as far as time matters; what is left is to wait. */
  static Begun begin(Probe probe, InetSocketAddress target, Setting setting)
      throws IOException, InterruptedException {
    Wire wire = Wire.connect(target);
    probe.script().run(wire, setting);
    return new Begun(wire, setting);
  }

  /** A script whose waiting is not over. */
  record Begun(Wire wire, Setting setting) {
    Sample complete() throws IOException, InterruptedException {
      try (wire) {
        wire.complete();
        List<Long> reactions = wire.reactions();
        long end = wire.endNanos();
        wire.pry();
        return new Sample(Transcript.of(wire, setting.plain()), reactions, end);
      }
    }
  }

  /** Whether both saw the same, and where they waited, for as long. */
  boolean like(Sample other, boolean waits) {
    return transcript.like(other.transcript) && (!waits || Math.abs(end - other.end) < ONE_TIMEOUT);
  }
}
