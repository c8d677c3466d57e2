package io.doppelfleet.fleet;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What an operator hands to a user: where the proxy is and the secret for it. It never shows the
 * secret in {@link #toString}.
 *
 * @param server the host and port as the world reaches them, port 1..65535
 * @param secret the user's secret
 * @see <a href="https://core.telegram.org/api/links#mtproxy-links">MTProxy links</a>
 */
public record Link(HostPort server, Secret secret) {

  /** Checks that the port is one that a client can dial. */
  public Link {
    if (server.port() == 0) {
      throw new IllegalArgumentException("a link needs a port in 1..65535");
    }
  }

  /** The form that opens the application without asking any web site. */
  public String tg() {
    return "tg://proxy?" + query();
  }

  /** The form that also works where {@code tg:} is not a known scheme. */
  public String https() {
    return "https://t.me/proxy?" + query();
  }

  private String query() {
    return "server="
        + URLEncoder.encode(server.host(), StandardCharsets.UTF_8)
        + "&port="
        + server.port()
        + "&secret="
        + secret.toHex();
  }

  /** Names the server and the secret's host only. */
  @Override
  public String toString() {
    return "Link[server=" + server + ", secret=" + secret + "]";
  }
}
