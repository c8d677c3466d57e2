package io.doppelfleet.proxy.list;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Which URLs lists are fetched from. No message repeats one: it may hold a key. */
public final class ListUrl {
  private static final int LAST_PORT = 65_535;

  private ListUrl() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with a sentence that says what would be right
   */
  public static URI parse(String text) {
    try {
      return checked(new URI(text));
    } catch (URISyntaxException e) {
      throw form();
    }
  }

  /** The same of one that is read already, as a server leads to it. */
  static URI checked(URI url) {
    if (url.getHost() == null || url.getUserInfo() != null || url.getFragment() != null) {
      throw form();
    }
    if (url.getPort() == 0 || url.getPort() > LAST_PORT) {
      throw new IllegalArgumentException("a port in 1..65535 is right, or none");
    }
    return switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
      case "https" -> url;
      case "http" -> {
        if (!isNear(url.getHost())) {
          throw new IllegalArgumentException(
              "https is right: whoever is on the way could say who meets the cover; http is for"
                  + " addresses of this machine and of private networks");
        }
        yield url;
      }
      default -> throw form();
    };
  }

  private static IllegalArgumentException form() {
    return new IllegalArgumentException(
        "a file's path or https://HOST/PATH is right, without a user's name and without #");
  }

  /** On this machine, or in a network of RFC 1918 or 4193. */
  private static boolean isNear(String host) {
    try {
      InetAddress address =
          InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
      return address.isLoopbackAddress()
          || address.isSiteLocalAddress()
          || (address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc);
    } catch (IllegalArgumentException name) {
      return host.equals("localhost");
    }
  }
}
