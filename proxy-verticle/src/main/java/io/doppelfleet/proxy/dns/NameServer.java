package io.doppelfleet.proxy.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is asked for names.
 *
 * @param kind how
 * @param address where, never by a name: that would have to be asked for first
 * @param name that its certificate has to have; null where that has the address, and for plain ones
 * @param path of its URL, beginning with a slash; empty but for HTTPS
 */
public record NameServer(Kind kind, InetSocketAddress address, @Nullable String name, String path) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(tls|https)://)?([0-9.]+|\\[[0-9a-fA-F:.]+]|[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*)"
              + "(?::([0-9]{1,5}))?(/[A-Za-z0-9/._~-]*)?(?:#([A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*))?");

  private static final int LAST_PORT = 65_535;
  private static final String USUAL_PATH = "/dns-query";

  /** How a server is asked. */
  public enum Kind {
    /** By UDP, and by TCP where an answer is long. */
    PLAIN(53, ""),
    /** By TLS, RFC 7858. */
    TLS(853, "tls://"),
    /** By HTTPS, RFC 8484. */
    HTTPS(443, "https://");

    private final int port;
    private final String scheme;

    Kind(int port, String scheme) {
      this.port = port;
      this.scheme = scheme;
    }
  }

  /**
   * Reads {@code ADDRESS}, {@code ADDRESS:PORT}, {@code tls://ADDRESS:PORT#NAME} or {@code
   * https://ADDRESS:PORT/PATH#NAME}, of which port, path and name may be missing.
   *
   * @throws IllegalArgumentException with a sentence that says what would be right
   */
  public static NameServer parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw form();
    }
    Kind kind =
        parts.group(1) == null ? Kind.PLAIN : parts.group(1).equals("tls") ? Kind.TLS : Kind.HTTPS;
    String path = parts.group(4);
    String name = parts.group(5);
    if ((path != null && kind != Kind.HTTPS) || (name != null && kind == Kind.PLAIN)) {
      throw form();
    }
    int port = parts.group(3) == null ? kind.port : Integer.parseInt(parts.group(3));
    if (port < 1 || port > LAST_PORT) {
      throw new IllegalArgumentException("a port in 1..65535 is right, or none");
    }
    String said = path == null || path.equals("/") ? USUAL_PATH : path;
    return new NameServer(
        kind,
        new InetSocketAddress(address(parts.group(2)), port),
        name,
        kind == Kind.HTTPS ? said : "");
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(
          text.startsWith("[") ? text.substring(1, text.length() - 1) : text);
    } catch (IllegalArgumentException e) {
      throw form();
    }
  }

  private static IllegalArgumentException form() {
    return new IllegalArgumentException(
        "ADDRESS, ADDRESS:PORT, tls://ADDRESS or https://ADDRESS/PATH is right, with #NAME behind the"
            + " last two where the certificate has a name and not the address; an IPv6 address is in"
            + " [] before a port");
  }

  /**
   * Whether both are asked by HTTPS by one name at two addresses: whoever resolves that name, which
   * is in the URL, could find one of them alone.
   */
  public boolean isElsewhere(NameServer other) {
    return kind == Kind.HTTPS
        && other.kind == Kind.HTTPS
        && name != null
        && name.equalsIgnoreCase(other.name)
        && !address.getAddress().equals(other.address.getAddress());
  }

  /** Whom its certificate has to be of. */
  String peer() {
    return name == null ? address.getAddress().getHostAddress() : name;
  }

  /** The form that {@link #parse} reads, the usual port left out. */
  @Override
  public String toString() {
    String host = address.getAddress().getHostAddress();
    return kind.scheme
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + (address.getPort() == kind.port ? "" : ":" + address.getPort())
        + path
        + (name == null ? "" : "#" + name);
  }
}
