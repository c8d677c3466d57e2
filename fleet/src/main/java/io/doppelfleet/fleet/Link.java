package io.doppelfleet.fleet;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operator hands to a user: where the proxy is and the secret for it. It never shows the
 * secret in {@link #toString}.
 *
 * @param server the host and port as the world reaches them, port 1..65535
 * @param secret the user's secret
 * @see <a href="https://core.telegram.org/api/links#mtproxy-links">MTProxy links</a>
 */
public record Link(HostPort server, Secret secret) {

  private static final List<String> FORMS =
      List.of("tg://proxy?", "https://t.me/proxy?", "https://telegram.me/proxy?");

  /** Checks that the port is one that a client can dial. */
  public Link {
    if (server.port() == 0) {
      throw new IllegalArgumentException("a link needs a port in 1..65535");
    }
  }

  /**
   * Reads either form, with the parameters in any order.
   *
   * @throws IllegalArgumentException that says what is wrong, without repeating the secret
   */
  public static Link parse(String text) {
    String query =
        FORMS.stream()
            .filter(text::startsWith)
            .map(form -> text.substring(form.length()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("it begins with none of " + FORMS));
    Map<String, String> parameters = new HashMap<>();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        parameters.put(
            parameter.substring(0, equals),
            URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    String port = parameters.getOrDefault("port", "");
    if (!port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("its port is no number in 1..65535");
    }
    return new Link(
        new HostPort(parameters.getOrDefault("server", ""), Integer.parseInt(port)),
        Secret.parse(parameters.getOrDefault("secret", "")));
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
