package io.doppelfleet.proxy;

import io.doppelfleet.proxy.datacenter.Datacenters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How clients' dials to each data centre went. A client asks for any of 65,535 numbers, so those
 * that Telegram has not are one; and a media cluster is its data centre. Shared by all event loops.
 */
final class DatacenterDials {
  /** The name of those that Telegram has not. */
  static final String OTHERS = "other";

  /** Clients that wait for so long in vain leave, most of them before a dial's time is over. */
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<Integer, Dials> byNumber = new HashMap<>();
  private final Dials others = new Dials(OTHERS);
  private final List<Dials> all = new ArrayList<>();

  DatacenterDials() {
    for (int number : Datacenters.numbers()) {
      Dials dials = new Dials(Integer.toString(number));
      byNumber.put(number, dials);
      all.add(dials);
    }
    all.add(others);
  }

  /** Some that nobody is shown. */
  static Dials unshown() {
    return new Dials("");
  }

  /** Those to one. */
  Dials to(int datacenter) {
    return byNumber.getOrDefault(Math.abs(datacenter), others);
  }

  /** One for each label that there is. */
  List<Dials> all() {
    return all;
  }

  /** Dials to one data centre. */
  static final class Dials {
    private final String name;
    private final LongAdder connected = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean down;

    private Dials(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    /** One has succeeded, so long after the client asked. */
    void connected(long afterNanos) {
      connected.increment();
      nanos.add(afterNanos);
      down = false;
    }

    /**
     * Its client has left before there was an answer, so long after it asked: that counts, but one
     * client alone may have had its own reasons.
     */
    void left(long afterNanos) {
      if (afterNanos >= LONG_NANOS) {
        failed.increment();
      }
    }

    /** One has got no answer in time. */
    void failed() {
      failed.increment();
      down = true;
    }

    long connected() {
      return connected.sum();
    }

    double seconds() {
      return nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    long failures() {
      return failed.sum();
    }

    /** Whether there were any, and the last one succeeded. */
    boolean isUp() {
      return !down && connected() > 0;
    }

    /** Whether the last one failed. */
    boolean isDown() {
      return down;
    }
  }
}
