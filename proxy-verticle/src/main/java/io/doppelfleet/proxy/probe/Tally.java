package io.doppelfleet.proxy.probe;

import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeHealth.Failure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What became of the attempts at one data centre. One thread at a time adds, any may read. */
public final class Tally {
  private final int datacenter;
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile NodeHealth.@Nullable Probe last;

  Tally(int datacenter) {
    this.datacenter = datacenter;
  }

  /** Its number. */
  public int datacenter() {
    return datacenter;
  }

  /** Attempts that were answered. */
  public long succeeded() {
    return succeeded.sum();
  }

  /** How long these took together. */
  public double seconds() {
    return nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** Attempts that weren't. */
  public long failed() {
    return failed.sum();
  }

  /** Whether the last ones failed, so many that it is no chance. */
  public boolean isFailing() {
    NodeHealth.Probe now = last;
    return now != null && now.isFailing();
  }

  /** The last one; null where there was none yet. */
  NodeHealth.@Nullable Probe last() {
    return last;
  }

  NodeHealth.Probe succeeded(long took) {
    succeeded.increment();
    nanos.add(took);
    long millis = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(took));
    return became(new NodeHealth.Probe(datacenter, 0, null, (int) millis));
  }

  NodeHealth.Probe failed(Failure why) {
    failed.increment();
    NodeHealth.Probe before = last;
    return became(
        before == null
            ? new NodeHealth.Probe(datacenter, 1, why, null)
            : new NodeHealth.Probe(datacenter, before.failures() + 1, why, before.millis()));
  }

  private NodeHealth.Probe became(NodeHealth.Probe now) {
    last = now;
    return now;
  }
}
