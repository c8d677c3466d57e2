package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The addresses of data centres, of the {@code dc_options} of <a
 * href="https://core.telegram.org/constructor/config">a configuration</a>.
 *
 * @param addresses by number, each at least one; a negative number is a media cluster that has
 *     addresses of its own
 */
public record PublishedList(Map<Integer, List<InetSocketAddress>> addresses) {
  private static final int CONFIG = 0xcc1a241e;

  /** Of layers before; what is read of it is the same. */
  private static final int OLDER_CONFIG = 0x330b4067;

  private static final int BOOL_FALSE = 0xbc799737;
  private static final int VECTOR = 0x1cb5c415;
  private static final int DC_OPTION = 0x18b7a10d;
  private static final int MEDIA_ONLY = 1 << 1;
  private static final int CDN = 1 << 3;
  private static final int STATIC = 1 << 4;
  private static final int WITH_SECRET = 1 << 10;

  private static final int MOST_OPTIONS = 1000;
  private static final int MOST_OF_ONE = 16;
  private static final int LAST_NUMBER = Short.MAX_VALUE;
  private static final int LAST_PORT = 65_535;

  /** Without these it is none of Telegram's. */
  private static final List<Integer> NEEDED = List.of(1, 2, 3, 4, 5);

  /** The first line of what is kept; the number is that of the format. */
  private static final String HEAD = "doppelfleet datacenters 1";

  /** Copies the map. */
  public PublishedList {
    addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
  }

  /**
   * Reads a configuration as far as it is of use.
   *
   * @throws MalformedMessageException where it is none, or not all is in it
   */
  static PublishedList read(int constructor, TlReader in) {
    if (constructor != CONFIG && constructor != OLDER_CONFIG) {
      throw new MalformedMessageException("it answers with what is no configuration");
    }
    in.int32(); // flags
    int date = in.int32();
    int expires = in.int32();
    if (in.int32() != BOOL_FALSE || expires <= date) {
      throw new MalformedMessageException("its configuration is a test's, or over already");
    }
    in.int32(); // which data centre it is
    if (in.int32() != VECTOR) {
      throw new MalformedMessageException("its configuration has no list");
    }
    int count = in.int32();
    if (count < 0 || count > MOST_OPTIONS) {
      throw new MalformedMessageException("its list is too long");
    }
    Map<Integer, List<InetSocketAddress>> fixed = new LinkedHashMap<>();
    Map<Integer, List<InetSocketAddress>> others = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      option(in, fixed, others);
    }
    return new PublishedList(joined(fixed, others)).checked();
  }

  /** "static" are those that proxies are to use. */
  private static void option(
      TlReader in,
      Map<Integer, List<InetSocketAddress>> fixed,
      Map<Integer, List<InetSocketAddress>> others) {
    if (in.int32() != DC_OPTION) {
      throw new MalformedMessageException("its list has what is no data centre");
    }
    int flags = in.int32();
    int number = in.int32();
    String host = in.string();
    int port = in.int32();
    if ((flags & WITH_SECRET) != 0) {
      in.bytes();
    }
    if ((flags & (WITH_SECRET | CDN)) != 0) {
      return; // another protocol, or another key
    }
    if (number < 1 || number > LAST_NUMBER || port < 1 || port > LAST_PORT) {
      throw new MalformedMessageException("its list has a number that is none");
    }
    (((flags & STATIC) != 0) ? fixed : others)
        .computeIfAbsent((flags & MEDIA_ONLY) != 0 ? -number : number, any -> new ArrayList<>())
        .add(address(host, port));
  }

  private static InetSocketAddress address(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("its list has an address that is none");
    }
  }

  private static Map<Integer, List<InetSocketAddress>> joined(
      Map<Integer, List<InetSocketAddress>> first, Map<Integer, List<InetSocketAddress>> then) {
    Map<Integer, List<InetSocketAddress>> all = new LinkedHashMap<>();
    for (Map<Integer, List<InetSocketAddress>> each : List.of(first, then)) {
      each.forEach(
          (number, addresses) -> {
            List<InetSocketAddress> its = all.computeIfAbsent(number, any -> new ArrayList<>());
            addresses.stream()
                .filter(address -> !its.contains(address) && its.size() < MOST_OF_ONE)
                .forEach(its::add);
          });
    }
    return all;
  }

  /**
   * Itself.
   *
   * @throws MalformedMessageException where a data centre is missing that Telegram has
   */
  private PublishedList checked() {
    for (int number : NEEDED) {
      if (!addresses.containsKey(number)) {
        throw new MalformedMessageException("data centre " + number + " is not in its list");
      }
    }
    return this;
  }

  /** Whether an address is one of a private network, or of this machine. */
  boolean hasPrivate() {
    return addresses.values().stream()
        .flatMap(List::stream)
        .map(InetSocketAddress::getAddress)
        .anyMatch(PublishedList::isPrivate);
  }

  /** Whether Telegram can't be there for everybody. */
  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean shared =
        bytes.length == 4
            ? bytes[0] == 100 && (bytes[1] & 0xc0) == 64 // RFC 6598
            : (bytes[0] & 0xfe) == 0xfc; // RFC 4193
    return shared
        || address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress();
  }

  /** What is kept: a line for each address. */
  String written() {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    addresses.forEach(
        (number, its) ->
            its.forEach(
                each ->
                    text.append(number)
                        .append(' ')
                        .append(new HostPort(each.getAddress().getHostAddress(), each.getPort()))
                        .append('\n')));
    return text.toString();
  }

  /**
   * Reads what {@link #written} made.
   *
   * @throws IllegalArgumentException where it is something else
   */
  static PublishedList parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      throw new IllegalArgumentException("its first line isn't \"" + HEAD + "\"");
    }
    Map<Integer, List<InetSocketAddress>> all = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split(" ", 2);
      if (parts.length != 2 || !parts[0].matches("-?[1-9][0-9]{0,4}")) {
        throw new IllegalArgumentException("a line of it is none");
      }
      HostPort at = HostPort.parse(parts[1]);
      all.computeIfAbsent(Integer.parseInt(parts[0]), any -> new ArrayList<>())
          .add(new InetSocketAddress(InetAddress.ofLiteral(at.host()), at.port()));
    }
    try {
      return new PublishedList(all).checked();
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
