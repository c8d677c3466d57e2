package io.doppelfleet.launcher.watch;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;

/**
 * {@code /livez} and {@code /readyz}: 200 or 503. Reasons are said to this machine alone; others
 * hear one word, and from all other paths nothing, so that what answers could be anything.
 */
final class HealthPage {
  /** Who asks is answered at once; who doesn't holds a descriptor for no longer. */
  private static final int IDLE_SECONDS = 10;

  private HealthPage() {}

  /** Listens; fails where the address can't be had. */
  static Future<HttpServer> serve(Vertx vertx, HostPort address, Health health) {
    return vertx
        .createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS))
        .requestHandler(request -> answer(request, health))
        .listen(address.port(), address.host());
  }

  private static void answer(HttpServerRequest request, Health health) {
    if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
      request.response().setStatusCode(404).end();
      return;
    }
    switch (request.path()) {
      case "/livez" -> say(request, health.dead());
      case "/readyz" -> say(request, health.unready());
      case null, default -> request.response().setStatusCode(404).end();
    }
  }

  private static void say(HttpServerRequest request, List<String> reasons) {
    if (reasons.isEmpty()) {
      request.response().end("ok\n");
    } else {
      request
          .response()
          .setStatusCode(503)
          .end(words(reasons, InetAddress.ofLiteral(request.remoteAddress().hostAddress())));
    }
  }

  /** What who asks from there hears of these reasons. */
  static String words(List<String> reasons, InetAddress from) {
    return from.isLoopbackAddress() ? String.join("\n", reasons) + "\n" : "unavailable\n";
  }
}
