package io.doppelfleet.proxy.datacenter;

import io.doppelfleet.proxy.dial.Outbound;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Which of a data centre's addresses are tried first, by how they answered. */
final class Ranking {
  /** What one has to be sooner by to take the first's place, else two would change all the time. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final int FIFTH = 5;

  private Ranking() {}

  /**
   * Those that answered, those of the preferred kind first, the soonest of them first; then the
   * others as they were.
   *
   * @param before as they are tried now
   * @param answered how long each took, nanoseconds, one at least; who isn't there didn't answer
   */
  static List<InetSocketAddress> of(
      List<InetSocketAddress> before,
      Map<InetSocketAddress, Long> answered,
      Outbound.Prefer prefer) {
    List<InetSocketAddress> ranked =
        new ArrayList<>(before.stream().filter(answered::containsKey).toList());
    ranked.sort(
        Comparator.comparing((InetSocketAddress address) -> !isPreferred(address, prefer))
            .thenComparing(answered::get));
    before.stream().filter(address -> !answered.containsKey(address)).forEach(ranked::add);
    InetSocketAddress incumbent = before.getFirst();
    InetSocketAddress best = ranked.getFirst();
    if (answered.containsKey(incumbent)
        && isPreferred(incumbent, prefer) == isPreferred(best, prefer)
        && !isMuchSooner(
            answered.getOrDefault(best, Long.MAX_VALUE),
            answered.getOrDefault(incumbent, Long.MAX_VALUE))) {
      ranked.remove(incumbent);
      ranked.addFirst(incumbent);
    }
    return List.copyOf(ranked);
  }

  private static boolean isMuchSooner(long best, long incumbent) {
    return incumbent - best > Math.max(LEAST_NANOS, incumbent / FIFTH);
  }

  private static boolean isPreferred(InetSocketAddress address, Outbound.Prefer prefer) {
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    return switch (prefer) {
      case LISTED -> true;
      case IPV4 -> ipv4;
      case IPV6 -> !ipv4;
    };
  }
}
