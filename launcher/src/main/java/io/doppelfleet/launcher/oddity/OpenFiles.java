package io.doppelfleet.launcher.oddity;

import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.proxy.listen.Descriptors;
import io.doppelfleet.proxy.site.Site;
import java.util.Optional;

/** Whether the system lets this process hold the connections that the operator allows. */
public final class OpenFiles {
  /** Of nodes elsewhere that have links, and of machines that are no nodes yet, 64 at most. */
  private static final int OF_LINKS = 128;

  private OpenFiles() {}

  /**
   * What of a node's process is not for its connections: who asks for more gets no client's.
   *
   * @param ownSite whether the node serves its cover too
   * @param api whether a control in this process serves its API over TCP
   * @param links whether it lets nodes elsewhere in
   */
  public record Others(boolean ownSite, boolean api, boolean links) {
    long of(long allowed) {
      return (ownSite ? Site.descriptors(allowed) : 0)
          + (api ? WebOptions.connections(allowed) : 0)
          + (links ? OF_LINKS : 0);
    }
  }

  /** A sentence where the limit is too low for this many connections on this many event loops. */
  public static Optional<String> tooFewFor(int connections, int loops, Others others) {
    long allowed = Descriptors.allowed();
    return tooFewFor(connections, loops, allowed, others.of(allowed));
  }

  /** So many of these connections can be served, 1 or more. */
  public static int served(int connections, int loops, Others others) {
    long allowed = Descriptors.allowed();
    int most = Descriptors.connections(allowed - others.of(allowed), loops);
    return Math.clamp(most, 1, connections);
  }

  static Optional<String> tooFewFor(int connections, int loops, long allowed, long others) {
    long needed = Descriptors.needed(connections, loops) + others;
    if (allowed >= needed) {
      return Optional.empty();
    }
    int served = Descriptors.connections(allowed - others, loops);
    return Optional.of(
        String.format(
            "%d open files are allowed, %d connections need %d: %d are served at once. Raise it"
                + " (ulimit -n, LimitNOFILE in systemd) or set proxy.limits.connections to %d",
            allowed, connections, needed, served, served));
  }
}
