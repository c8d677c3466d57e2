package io.doppelfleet.fleet;

/**
 * A host (a name, an IPv4 address, or an IPv6 address without brackets) and a TCP port.
 *
 * @param host never empty, no brackets
 * @param port 1..65535, or 0 where a free one may be chosen
 */
public record HostPort(String host, int port) {

  /** Checks the bounds. */
  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is empty");
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
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\": write an IPv6 address as [ADDRESS]:PORT");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" has no host: write HOST:PORT");
    }
    String port = text.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
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
