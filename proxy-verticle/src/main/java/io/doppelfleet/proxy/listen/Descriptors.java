package io.doppelfleet.proxy.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import io.doppelfleet.proxy.dial.Dialler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  /**
   * Its own three, the dials' spare ones, and some for channels that become legs: such a one has
   * two until it is closed.
   */
  private static final int PER_LOOP = 3 + Dialler.SPARE_SOCKETS + 5;

  /**
   * The soft limit, in the words of proc_pid_limits(5). The platform's bean takes 1.2 MB of memory.
   */
  private static final Pattern OPEN_FILES =
      Pattern.compile("^Max open files +(\\d+) ", Pattern.MULTILINE);

  private Descriptors() {}

  /** Open files that this process is allowed; where the system has no such limit, a great many. */
  public static long allowed() {
    try {
      return allowed(Files.readString(Path.of("/proc/self/limits")));
    } catch (IOException noLinux) {
      return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
          ? unix.getMaxFileDescriptorCount()
          : Long.MAX_VALUE;
    }
  }

  static long allowed(String limits) {
    Matcher limit = OPEN_FILES.matcher(limits);
    return limit.find() ? Long.parseLong(limit.group(1)) : Long.MAX_VALUE;
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
