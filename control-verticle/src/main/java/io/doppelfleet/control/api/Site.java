package io.doppelfleet.control.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is served over TCP, where any page that a browser shows may send it to.
 *
 * @param pages the dashboard's
 * @param hosts whose requests are answered, as the head has them without a port; empty: all, for
 *     TLS has a name of its own. Without it another site's name could be made to lead here.
 */
public record Site(Pages pages, Set<String> hosts) {
  private static final Set<String> OWN = Set.of("127.0.0.1", "[::1]", "localhost");

  /** Over TLS. */
  public static Site overTls(Pages pages) {
    return new Site(pages, Set.of());
  }

  /** Over plain HTTP, for this machine alone. */
  public static Site plain(Pages pages, String listen) {
    Set<String> hosts = new TreeSet<>(OWN);
    hosts.add((listen.indexOf(':') < 0 ? listen : "[" + listen + "]").toLowerCase(Locale.ROOT));
    return new Site(pages, hosts);
  }

  /** Why a request is none of ours; null: it is one. */
  @Nullable Problem refusal(HttpServerRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    return hosts.isEmpty() || (host != null && hosts.contains(name(host)))
        ? null
        : Problem.of(
            421, "Host", "is not this machine: " + String.join(", ", hosts) + " would be right");
  }

  private static String name(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.toLowerCase(Locale.ROOT);
  }
}
