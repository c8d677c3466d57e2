package io.doppelfleet.launcher.oddity;

import io.doppelfleet.proxy.listen.Descriptors;
import io.doppelfleet.proxy.site.Site;
import java.util.Optional;

/** Whether the system lets this process hold the connections that the operator allows. */
public final class OpenFiles {
  private OpenFiles() {}

  /**
   * A sentence where the limit is too low for this many connections on this many event loops.
   *
   * @param ownSite whether the node serves its cover too
   */
  public static Optional<String> tooFewFor(int connections, int loops, boolean ownSite) {
    long allowed = Descriptors.allowed();
    return tooFewFor(connections, loops, allowed, ownSite ? Site.descriptors(allowed) : 0);
  }

  static Optional<String> tooFewFor(int connections, int loops, long allowed, long site) {
    long needed = Descriptors.needed(connections, loops) + site;
    if (allowed >= needed) {
      return Optional.empty();
    }
    int served = Descriptors.connections(allowed - site, loops);
    return Optional.of(
        String.format(
            "%d open files are allowed, %d connections need %d: %d are served at once. Raise it"
                + " (ulimit -n, LimitNOFILE in systemd) or set proxy.limits.connections to %d",
            allowed, connections, needed, served, served));
  }
}
