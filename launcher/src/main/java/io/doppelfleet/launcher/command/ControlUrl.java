package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.HostPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a control is reached over TCP.
 *
 * @param tls false: plain HTTP, on this machine's loopback
 * @param address its port is never 0
 */
record ControlUrl(boolean tls, HostPort address) {
  private static final String RIGHT = "https://HOST:PORT is right";

  /**
   * Reads {@code https://HOST[:PORT][/]}, or {@code http} of this machine.
   *
   * @throws CommandException that says what is wrong and what would be right
   */
  static ControlUrl parse(String text) throws CommandException {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw notOfAControl();
    }
    String scheme = String.valueOf(uri.getScheme());
    String host = uri.getHost();
    boolean tls = scheme.equals("https");
    if ((!tls && !scheme.equals("http"))
        || host == null
        || uri.getRawUserInfo() != null
        || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getPort() == 0
        || uri.getPort() > 65535) {
      throw notOfAControl();
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    if (!tls && !isLoopback(bare)) {
      throw CommandException.wrong(
          "http://"
              + host
              + " would show the token to everybody on the way: https:// is right (control.tls has"
              + " the certificate), or ssh -L to this machine");
    }
    try {
      return new ControlUrl(tls, new HostPort(bare, port));
    } catch (IllegalArgumentException e) {
      throw CommandException.wrong("the URL \"" + text + "\": " + e.getMessage());
    }
  }

  /** What is wrong may be the link of an invitation: it isn't repeated. */
  private static CommandException notOfAControl() {
    return CommandException.wrong("the URL is none of a control: " + RIGHT + ", and nothing more");
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return host.equals("localhost");
    }
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + address;
  }
}
