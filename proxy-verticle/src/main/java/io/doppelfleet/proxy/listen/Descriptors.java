package io.doppelfleet.proxy.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import io.doppelfleet.proxy.dial.Dialler;
import java.lang.management.ManagementFactory;

/**
 * How many connections the system lets this process have (RLIMIT_NOFILE), so that no accept and no
 * dial meets the end of its descriptors.
 */
public final class Descriptors {
  /** The near side and the far side, whatever a connection turns out to be. */
  private static final int PER_CONNECTION = 2;

  /**
   * A node at rest has 70: jars above all. The rest is for who reads metrics, and for the resolver.
   */
  private static final int PROCESS = 150;

  /** Its own three, the dials' spare ones, and those that a relay doubles while it takes over. */
  private static final int PER_LOOP = 3 + Dialler.SPARE_SOCKETS + 5;

  private Descriptors() {}

  /** Open files that this process is allowed; where the system has no such limit, a great many. */
  public static long allowed() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /** Open files that a node with so many connections may come to. */
  public static long needed(int connections, int loops) {
    return (long) PER_CONNECTION * connections + PROCESS + (long) PER_LOOP * loops;
  }

  /** Connections that so many open files suffice for; none or less where there are too few. */
  public static int connections(long allowed, int loops) {
    long left = (allowed - needed(0, loops)) / PER_CONNECTION;
    return Math.clamp(left, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
