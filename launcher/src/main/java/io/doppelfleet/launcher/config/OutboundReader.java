package io.doppelfleet.launcher.config;

import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dial.Upstream;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads how data centres are reached. No message of it repeats an upstream's URL: it may be secret.
 */
final class OutboundReader {
  private static final Pattern WEIGHT = Pattern.compile("weight=([1-9][0-9]{0,2}|1000)");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]+[.][0-9.]+|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
  private static final Duration LEAST_PROBES = Duration.ofSeconds(1);
  private static final Duration MOST_PROBES = Duration.ofDays(1);
  private static final Duration LEAST_LISTS = Duration.ofMinutes(10);
  private static final Duration MOST_LISTS = Duration.ofDays(30);
  private static final int LONGEST_LOGIN = 255;

  private final Settings settings;
  private final Values values;

  OutboundReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  Outbound read() {
    return new Outbound(
        upstreams(),
        bind(),
        values.of(Option.OUTGOING_PREFER, Outbound.Prefer.LISTED, OutboundReader::prefer),
        values.of(Option.OUTGOING_MARK, 0, OutboundReader::mark),
        values.of(
            Option.OUTGOING_PROBE_EVERY,
            Duration.ZERO,
            text -> Values.time(text, LEAST_PROBES, MOST_PROBES)),
        values.of(
            Option.OUTGOING_LIST_EVERY,
            Duration.ZERO,
            text -> Values.time(text, LEAST_LISTS, MOST_LISTS)));
  }

  /** All 32 bits of it, as the system's tools write them. */
  private static int mark(String text) {
    if (text.matches("0x[0-9a-fA-F]{1,8}|[1-9][0-9]{0,9}")) {
      long mark = Long.decode(text);
      if (mark > 0 && mark <= 0xffff_ffffL) {
        return (int) mark;
      }
    }
    throw new IllegalArgumentException("1 to 4294967295 is right, or 0x1 to 0xffffffff");
  }

  private static Outbound.Prefer prefer(String text) {
    return switch (text) {
      case "listed" -> Outbound.Prefer.LISTED;
      case "ipv4" -> Outbound.Prefer.IPV4;
      case "ipv6" -> Outbound.Prefer.IPV6;
      default -> throw new IllegalArgumentException("listed, ipv4 or ipv6 is right");
    };
  }

  private List<Upstream> upstreams() {
    List<Upstream> upstreams = new ArrayList<>();
    settings
        .entriesOf(Option.UPSTREAMS)
        .forEach(
            (name, setting) -> {
              try {
                upstreams.add(upstream(name, setting));
              } catch (IllegalArgumentException e) {
                values.mistake(setting, String.valueOf(e.getMessage()));
              }
            });
    return upstreams;
  }

  private static Upstream upstream(String name, Setting setting) {
    if (!name.matches("[A-Za-z0-9_-]{1,32}")) {
      throw new IllegalArgumentException("a name of 1 to 32 letters, digits, _ and - is right");
    }
    URI url = url(setting);
    Upstream.Kind kind =
        switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
          case "socks5" -> Upstream.Kind.SOCKS5;
          case "http" -> Upstream.Kind.HTTP;
          default -> throw form();
        };
    if (url.getHost() == null || url.getPort() < 1 || url.getPort() > 65_535) {
      throw form();
    }
    if (!url.getPath().isEmpty() || url.getFragment() != null) {
      throw form();
    }
    return new Upstream(name, kind, address(url), login(url, kind, setting), weight(url));
  }

  private static IllegalArgumentException form() {
    return new IllegalArgumentException(
        "socks5://HOST:PORT or http://HOST:PORT is right, with USER:PASSWORD@ before the host"
            + " where it wants that (other characters than letters and digits as %40), and"
            + " with ?weight=1 to ?weight=1000 behind");
  }

  private static URI url(Setting setting) {
    if (setting.texts().size() != 1) {
      throw form();
    }
    try {
      return new URI(setting.texts().getFirst());
    } catch (URISyntaxException e) {
      throw form();
    }
  }

  /** An address, or a name that is resolved while the node runs. */
  private static InetSocketAddress address(URI url) {
    String host = url.getHost();
    try {
      InetAddress address =
          InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
      return new InetSocketAddress(address, url.getPort());
    } catch (IllegalArgumentException name) {
      return InetSocketAddress.createUnresolved(host, url.getPort());
    }
  }

  private static int weight(URI url) {
    if (url.getQuery() == null) {
      return 1;
    }
    Matcher weight = WEIGHT.matcher(url.getQuery());
    if (!weight.matches()) {
      throw form();
    }
    return Integer.parseInt(weight.group(1));
  }

  private static Upstream.@Nullable Login login(URI url, Upstream.Kind kind, Setting setting) {
    String said = url.getUserInfo();
    if (said == null) {
      return null;
    }
    if (setting.origin().startsWith(Origin.PROPERTIES)) {
      throw new IllegalArgumentException(
          "everybody on this machine sees a command line, and so the password: write it in the file"
              + " or in the environment");
    }
    // Not decoded: a colon in the name may be written as %3a.
    String[] raw = url.getRawUserInfo().split(":", 2);
    if (raw.length < 2) {
      throw form();
    }
    String user = decoded(raw[0]);
    String password = decoded(raw[1]);
    if (isUnfit(user) || isUnfit(password)) {
      throw new IllegalArgumentException(
          "user and password have 1 to " + LONGEST_LOGIN + " bytes each");
    }
    if (kind == Upstream.Kind.HTTP && user.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a user's name has no colon in HTTP");
    }
    return new Upstream.Login(user, password);
  }

  private static String decoded(String part) {
    // A URI's plus is a plus.
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static boolean isUnfit(String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return length < 1 || length > LONGEST_LOGIN;
  }

  private List<InetAddress> bind() {
    Setting setting = settings.of(Option.OUTGOING_BIND);
    List<InetAddress> bind = new ArrayList<>();
    if (setting == null) {
      return bind;
    }
    for (String text : setting.texts()) {
      List<InetAddress> found = values.parsed(setting, text, OutboundReader::addresses);
      for (InetAddress address : found == null ? List.<InetAddress>of() : found) {
        if (bind.stream().anyMatch(other -> other.getClass() == address.getClass())) {
          values.mistake(setting, "one address of each family is right");
        }
        bind.add(address);
      }
    }
    return bind;
  }

  /** An address, or the first of each family that an interface has. */
  private static List<InetAddress> addresses(String text) {
    if (ADDRESS.matcher(text).matches()) {
      InetAddress address = InetAddress.ofLiteral(text);
      try (DatagramSocket own = new DatagramSocket(new InetSocketAddress(address, 0))) {
        return List.of(own.getLocalAddress());
      } catch (SocketException e) {
        throw new IllegalArgumentException(
            "this machine doesn't have that address; \"ip address\" lists what it has", e);
      }
    }
    NetworkInterface named;
    try {
      named = NetworkInterface.getByName(text);
    } catch (SocketException e) {
      throw new IllegalArgumentException("this machine's interfaces can't be read", e);
    }
    if (named == null) {
      throw new IllegalArgumentException(
          "an address of this machine or an interface's name is right; \"ip address\" lists both");
    }
    List<InetAddress> usable =
        named.inetAddresses().filter(address -> !address.isLinkLocalAddress()).toList();
    List<InetAddress> first = new ArrayList<>();
    usable.stream().filter(Inet4Address.class::isInstance).findFirst().ifPresent(first::add);
    usable.stream().filter(a -> !(a instanceof Inet4Address)).findFirst().ifPresent(first::add);
    if (first.isEmpty()) {
      throw new IllegalArgumentException("that interface has no address yet");
    }
    return first;
  }
}
