package io.doppelfleet.proxy.datacenter;

import io.doppelfleet.proxy.dial.Outbound;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The addresses of Telegram's data centres by their numbers, as clients have them built in (the
 * {@code dc_options} of <a
 * href="https://core.telegram.org/method/help.getConfig">help.getConfig</a>). Media clusters
 * (negative numbers) are reached at the same addresses unless overridden.
 */
public final class Datacenters {
  /** Where a client goes that asks for a data centre that nobody knows: most accounts are there. */
  public static final int FALLBACK = 2;

  private static final int PORT = 443;

  private static final Map<Integer, List<InetSocketAddress>> BUILT_IN =
      Map.of(
          1, at("149.154.175.50", "2001:b28:f23d:f001::a"),
          2, at("149.154.167.51", "2001:67c:4e8:f002::a", "95.161.76.100"),
          3, at("149.154.175.100", "2001:b28:f23d:f003::a"),
          4, at("149.154.167.91", "2001:67c:4e8:f004::a"),
          5, at("149.154.171.5", "2001:b28:f23f:f005::a"),
          203, at("91.105.192.100", "2a0a:f280:203:a:5000::100"));

  private final Map<Integer, List<InetSocketAddress>> addresses = new HashMap<>(BUILT_IN);

  /**
   * The built-in list with overrides.
   *
   * @param overrides addresses by number, each at least one; negative numbers are media clusters
   */
  public Datacenters(Map<Integer, List<InetSocketAddress>> overrides) {
    this(overrides, Outbound.Prefer.LISTED);
  }

  /** The same, where addresses of one family come first. */
  public Datacenters(Map<Integer, List<InetSocketAddress>> overrides, Outbound.Prefer prefer) {
    addresses.putAll(overrides);
    addresses.replaceAll((number, listed) -> ordered(listed, prefer));
  }

  private static List<InetSocketAddress> ordered(
      List<InetSocketAddress> listed, Outbound.Prefer prefer) {
    return switch (prefer) {
      case LISTED -> listed;
      case IPV4 -> listed.stream().sorted(Comparator.comparing(Datacenters::isIpv6)).toList();
      case IPV6 ->
          listed.stream().sorted(Comparator.comparing(Datacenters::isIpv6).reversed()).toList();
    };
  }

  private static boolean isIpv6(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }

  /** The numbers that Telegram has, media clusters left out; what an operator adds is not here. */
  public static Set<Integer> numbers() {
    return new TreeSet<>(BUILT_IN.keySet());
  }

  /**
   * The addresses to try, in that order.
   *
   * @param datacenter as the client's header has it
   */
  public List<InetSocketAddress> of(int datacenter) {
    List<InetSocketAddress> own = addresses.get(datacenter);
    if (own == null) {
      own = addresses.get(Math.abs(datacenter));
    }
    return own != null ? own : addresses.getOrDefault(FALLBACK, List.of());
  }

  private static List<InetSocketAddress> at(String... hosts) {
    return Arrays.stream(hosts).map(h -> new InetSocketAddress(h, PORT)).toList();
  }
}
