package io.doppelfleet.standin.cover;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A web site over real TLS, on a free loopback port or another: a few pages, downloads of up to ten
 * digits of bytes under {@code /download/LENGTH}, and a close of its own for who stays silent. Its
 * certificate is made at the start and trusted by nobody else.
 */
public final class StandInCover {
  private static final String DOWNLOAD = "/download/";
  private static final Map<String, String> PAGES =
      Map.of(
          "/",
          "<!doctype html><title>Wool and Needles</title><h1>Wool and Needles</h1>"
              + "<p><a href=/patterns>Patterns</a>",
          "/patterns",
          "<!doctype html><title>Patterns</title><h1>Patterns</h1><p>Knit two, purl two.");

  private final HttpServer server;
  private final InetAddress address;
  private final TrustOptions trust;

  private StandInCover(HttpServer server, InetAddress address, TrustOptions trust) {
    this.server = server;
    this.address = address;
    this.trust = trust;
  }

  /**
   * Opens the site; makes a certificate first, which blocks for about a second.
   *
   * @param host the name in the certificate
   * @param silence after which it closes a connection, before the TLS handshake as after it; at
   *     least a second
   */
  public static Future<StandInCover> start(Vertx vertx, String host, Duration silence)
      throws IOException, InterruptedException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return start(vertx, free, host, silence);
  }

  /**
   * The same at an address.
   *
   * @param address port 0 takes a free one
   */
  public static Future<StandInCover> start(
      Vertx vertx, InetSocketAddress address, String host, Duration silence)
      throws IOException, InterruptedException {
    OwnCertificate certificate = OwnCertificate.make(host);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(address.getHostString())
            .setPort(address.getPort())
            .setSsl(true)
            .setKeyCertOptions(certificate.key())
            .setIdleTimeout((int) silence.toSeconds())
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setSslHandshakeTimeout(silence.toSeconds())
            .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    return vertx
        .createHttpServer(options)
        .requestHandler(StandInCover::answer)
        .listen()
        .map(server -> new StandInCover(server, address.getAddress(), certificate.trust()));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(address, server.actualPort());
  }

  /** What a client needs to trust it. */
  public TrustOptions trust() {
    return trust;
  }

  /** Closes the site and what is connected. */
  public Future<Void> close() {
    return server.close();
  }

  private static void answer(HttpServerRequest request) {
    String path = request.path();
    String page = PAGES.get(path);
    if (page != null) {
      request.response().putHeader("content-type", "text/html; charset=utf-8").end(page);
    } else if (path != null && path.matches(DOWNLOAD + "[0-9]{1,10}")) {
      new Download(request.response(), Long.parseLong(path.substring(DOWNLOAD.length()))).begin();
    } else {
      request.response().setStatusCode(404).end();
    }
  }
}
