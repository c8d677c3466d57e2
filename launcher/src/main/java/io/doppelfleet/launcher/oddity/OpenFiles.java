package io.doppelfleet.launcher.oddity;

import io.doppelfleet.proxy.listen.Descriptors;
import java.util.Optional;

/** Whether the system lets this process hold the connections that the operator allows. */
public final class OpenFiles {
  private OpenFiles() {}

  /** A sentence where the limit is too low for this many connections on this many event loops. */
  public static Optional<String> tooFewFor(int connections, int loops) {
    return tooFewFor(connections, loops, Descriptors.allowed());
  }

  static Optional<String> tooFewFor(int connections, int loops, long allowed) {
    long needed = Descriptors.needed(connections, loops);
    if (allowed >= needed) {
      return Optional.empty();
    }
    int served = Descriptors.connections(allowed, loops);
    return Optional.of(
        String.format(
            "%d open files are allowed, %d connections need %d: %d are served at once. Raise it"
                + " (ulimit -n, LimitNOFILE in systemd) or set proxy.limits.connections to %d",
            allowed, connections, needed, served, served));
  }
}
