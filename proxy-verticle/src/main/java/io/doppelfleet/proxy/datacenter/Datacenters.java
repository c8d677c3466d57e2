package io.doppelfleet.proxy.datacenter;

import io.doppelfleet.proxy.dial.Outbound;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

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
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Map<Integer, List<InetSocketAddress>> BUILT_IN =
      Map.of(
          1, at("149.154.175.50", "2001:b28:f23d:f001::a"),
          2, at("149.154.167.51", "2001:67c:4e8:f002::a", "95.161.76.100"),
          3, at("149.154.175.100", "2001:b28:f23d:f003::a"),
          4, at("149.154.167.91", "2001:67c:4e8:f004::a"),
          5, at("149.154.171.5", "2001:b28:f23f:f005::a"),
          203, at("91.105.192.100", "2a0a:f280:203:a:5000::100"));

  private final Map<Integer, List<InetSocketAddress>> addresses = new ConcurrentHashMap<>(BUILT_IN);
  private final Map<Integer, Double> seconds = new ConcurrentHashMap<>();
  private final Set<Integer> overridden;
  private final Outbound.Prefer prefer;
  private volatile Map<Integer, List<InetSocketAddress>> published = Map.of();

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
    this.overridden = Set.copyOf(overrides.keySet());
    this.prefer = prefer;
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

  /** What has addresses of its own, media clusters too, in the order of their numbers. */
  Set<Integer> known() {
    return new TreeSet<>(addresses.keySet());
  }

  /**
   * Takes the list that Telegram publishes, from any thread. What is overridden stays, and so do
   * the built-in addresses, behind those of the list.
   *
   * @param list addresses by number, negative for media clusters
   * @return whether it is another list than the last one
   */
  public synchronized boolean publish(Map<Integer, List<InetSocketAddress>> list) {
    if (list.equals(published)) {
      return false; // and the best address stays the first
    }
    Set<Integer> gone = new TreeSet<>(published.keySet());
    gone.removeAll(list.keySet());
    gone.stream().filter(number -> !isOverridden(number)).forEach(this::forget);
    published = Map.copyOf(list);
    list.forEach(
        (number, listed) -> {
          if (!isOverridden(number)) {
            Set<InetSocketAddress> all = new LinkedHashSet<>(listed);
            all.addAll(list.getOrDefault(Math.abs(number), List.of()));
            all.addAll(BUILT_IN.getOrDefault(Math.abs(number), List.of()));
            addresses.put(number, ordered(List.copyOf(all), prefer));
          }
        });
    return true;
  }

  private boolean isOverridden(int number) {
    return overridden.contains(number) || overridden.contains(Math.abs(number));
  }

  /** What Telegram has no more: the built-in addresses stay. */
  private void forget(int number) {
    List<InetSocketAddress> builtIn = BUILT_IN.get(number);
    if (builtIn == null) {
      addresses.remove(number);
      seconds.remove(number);
    } else {
      addresses.put(number, ordered(builtIn, prefer));
    }
  }

  /** How long the soonest address took that answered the last probe; NaN: none did, or none was. */
  public double probed(int datacenter) {
    return seconds.getOrDefault(datacenter, Double.NaN);
  }

  /**
   * Tries others first from now on, from any thread. One that has no addresses of its own any more
   * gets none.
   *
   * @param answered how long each address took, nanoseconds; who isn't there didn't answer
   * @return whether another one is first now
   */
  synchronized boolean order(int datacenter, Map<InetSocketAddress, Long> answered) {
    List<InetSocketAddress> before = addresses.get(datacenter);
    if (before == null || answered.isEmpty()) {
      seconds.remove(datacenter);
      return false;
    }
    seconds.put(datacenter, Collections.min(answered.values()) / NANOS);
    List<InetSocketAddress> after = Ranking.of(before, answered, prefer);
    addresses.put(datacenter, after);
    return !after.getFirst().equals(before.getFirst());
  }

  private static List<InetSocketAddress> at(String... hosts) {
    return Arrays.stream(hosts).map(h -> new InetSocketAddress(h, PORT)).toList();
  }
}
