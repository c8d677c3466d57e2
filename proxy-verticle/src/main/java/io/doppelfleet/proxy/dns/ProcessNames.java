package io.doppelfleet.proxy.dns;

import io.netty.resolver.HostsFileEntriesProvider;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How names are resolved in this whole process, but for Vert.x, which has a way of its own: the JDK
 * finds this class by its service file. It is the system's way until servers are chosen.
 */
public final class ProcessNames extends InetAddressResolverProvider {
  private static volatile @Nullable Names chosen;

  /**
   * From now on these are asked, for all names but those of the system's hosts file and those
   * without a dot. To be called before any name was resolved.
   *
   * @param servers none: it stays the system's own way
   */
  public static void ask(List<NameServer> servers) {
    // Else it is ten seconds until whoever looks again for what wasn't found is heard.
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    if (!servers.isEmpty()) {
      // What we know we keep for as long as it holds.
      Security.setProperty("networkaddress.cache.ttl", "0");
      chosen = new Names(servers, ProcessNames::trust, System::nanoTime);
    }
  }

  private static SSLContext trust() {
    try {
      return SSLContext.getDefault();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  @Override
  public String name() {
    return "doppelfleet";
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver system = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        return addresses(host, chosen, system, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return system.lookupByAddress(address);
      }
    };
  }

  /**
   * Of this machine, or its neighbourhood: localhost, and what a hypervisor or a cluster calls it.
   */
  private static boolean isOfSystem(String host) {
    return host.indexOf('.') < 0 || host.toLowerCase(Locale.ROOT).endsWith(".localhost");
  }

  /** The name of a server that is asked by HTTPS is where that is asked, and nowhere else. */
  static Stream<InetAddress> addresses(
      String host, @Nullable Names names, InetAddressResolver system, LookupPolicy policy)
      throws UnknownHostException {
    List<InetAddress> known = names == null ? List.of() : names.ofServer(host);
    if (names == null || (known.isEmpty() && isOfSystem(host))) {
      return system.lookupByName(host, policy);
    }
    if (known.isEmpty()) {
      known = written(host);
    }
    return fitting(host, known.isEmpty() ? names.of(host) : known, policy);
  }

  private static Stream<InetAddress> fitting(
      String host, List<InetAddress> addresses, LookupPolicy policy) throws UnknownHostException {
    List<InetAddress> fit = new ArrayList<>();
    int wanted = policy.characteristics();
    for (InetAddress each : addresses) {
      if ((wanted & (isIpv4(each) ? LookupPolicy.IPV4 : LookupPolicy.IPV6)) != 0) {
        // With its name, or whoever asks it for that would ask the system.
        fit.add(InetAddress.getByAddress(host, each.getAddress()));
      }
    }
    if (fit.isEmpty()) {
      throw new UnknownHostException(host + ": no address of the kind that is asked for");
    }
    Comparator<InetAddress> ipv4Last = Comparator.comparing(ProcessNames::isIpv4);
    if ((wanted & LookupPolicy.IPV6_FIRST) != 0) {
      fit.sort(ipv4Last);
    } else if ((wanted & LookupPolicy.IPV4_FIRST) != 0) {
      fit.sort(ipv4Last.reversed());
    }
    return fit.stream();
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }

  /** What the hosts file has: it is small, and may be another one at any time. */
  private static List<InetAddress> written(String host) {
    HostsFileEntriesProvider file =
        HostsFileEntriesProvider.parser().parseSilently(StandardCharsets.UTF_8);
    String name = host.toLowerCase(Locale.ROOT);
    List<InetAddress> all = new ArrayList<>(file.ipv4Entries().getOrDefault(name, List.of()));
    all.addAll(file.ipv6Entries().getOrDefault(name, List.of()));
    return all;
  }
}
