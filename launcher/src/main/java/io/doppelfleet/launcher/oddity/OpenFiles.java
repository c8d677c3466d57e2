package io.doppelfleet.launcher.oddity;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** Whether the system lets this process hold the connections that the operator allows. */
public final class OpenFiles {
  /** The client's side and the far side. */
  private static final int PER_PAIR = 2;

  /** Jars, listeners, epoll and event descriptors, logs, dials under way to a second address. */
  private static final int SLACK = 300;

  private OpenFiles() {}

  /** A sentence where the limit is too low for this many connections. */
  public static Optional<String> tooFewFor(int connections) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? tooFewFor(connections, system.getMaxFileDescriptorCount())
        : Optional.empty();
  }

  static Optional<String> tooFewFor(int connections, long limit) {
    long needed = (long) PER_PAIR * connections + SLACK;
    if (limit >= needed) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "%d open files are allowed, %d connections need %d: raise it (ulimit -n, LimitNOFILE in"
                + " systemd) or set proxy.limits.connections to %d",
            limit, connections, needed, Math.max(1, (limit - SLACK) / PER_PAIR)));
  }
}
