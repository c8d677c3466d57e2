package io.doppelfleet.fleet;

import java.util.regex.Pattern;

/**
 * A host (a name, an IPv4 address, or an IPv6 address without brackets) and a TCP port.
 *
 * @param host never empty, no brackets
 * @param port 1..65535, or 0 where a free one may be chosen
 */
public record HostPort(String host, int port) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]+)?");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  /** Checks the bounds, and that the host has no character which no host has. */
  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is empty");
    }
    if (!(host.indexOf(':') >= 0 ? IPV6 : NAME).matcher(host).matches()) {
      throw new IllegalArgumentException(
          "\"" + host + "\" is neither a host name nor an IPv4 or IPv6 address");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }
  }

  /**
   * Reads {@code host:port}, {@code 1.2.3.4:port} or {@code [v6]:port}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong and what would be
   *     right
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("\"" + text + "\" has no port: write HOST:PORT");
    }
    if (text.contains("/")) {
      throw new IllegalArgumentException("\"" + text + "\" is no HOST:PORT: it has a /");
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (bracketed != host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\": an IPv6 address is written [ADDRESS]:PORT, any other host HOST:PORT");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" has no host: write HOST:PORT");
    }
    String port = text.substring(colon + 1);
    if (!PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("\"" + text + "\": the port must be a number in 0..65535");
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
