package io.doppelfleet.control.http;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An address of TCP, with the certificate of now: when the files change, the new one is taken. */
public final class TcpListener {
  private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

  /** Longer than browsers keep a connection that nobody uses. */
  private static final int IDLE_SECONDS = 75;

  private static final long LOOK_MILLIS = 5_000;

  /** Requests at once on one connection of HTTP/2: a page asks for two, and listens to one. */
  private static final int MOST_STREAMS = 8;

  private final Vertx vertx;
  private final WebOptions options;
  private final WorkerExecutor worker;
  private final HttpServer server;
  private final Arrivals arrivals;
  private final long timer;

  /** What the files of the present certificate were, at the last look, and those of no use. */
  private List<List<Object>> current = List.of();

  private List<List<Object>> seen = List.of();
  private List<List<Object>> refused = List.of();
  private boolean looking;

  private TcpListener(
      Vertx vertx,
      WebOptions options,
      WorkerExecutor worker,
      @Nullable PemKeyCertOptions tls,
      Arrivals arrivals,
      long lookMillis) {
    this.vertx = vertx;
    this.options = options;
    this.worker = worker;
    this.arrivals = arrivals;
    // With HTTP/2 in clear text a connection is told of only when it has sent something.
    HttpServerOptions http =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MOST_STREAMS))
            .setIdleTimeout(IDLE_SECONDS);
    if (tls != null) {
      http.setSsl(true)
          .setUseAlpn(true)
          .setSslEngineOptions(new CountedTls(arrivals))
          .setSslHandshakeTimeout(arrivals.silentMillis())
          .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
          .setKeyCertOptions(tls);
    }
    this.server = vertx.createHttpServer(http);
    CertificateFiles files = options.tls();
    if (files != null) {
      current = files.stamp();
      seen = current;
    }
    this.timer = files == null ? -1 : vertx.setPeriodic(lookMillis, tick -> look(files));
  }

  /**
   * Listens; fails with a sentence that names the key of the configuration. Null where another has
   * an address that isn't required.
   *
   * @param arrivals of this one alone
   */
  public static Future<TcpListener> start(
      Vertx vertx,
      WebOptions options,
      WorkerExecutor worker,
      Arrivals arrivals,
      Handler<HttpServerRequest> handler) {
    return start(vertx, options, worker, arrivals, handler, LOOK_MILLIS);
  }

  /** The same with another time between two looks at the certificate's files. */
  static Future<TcpListener> start(
      Vertx vertx,
      WebOptions options,
      WorkerExecutor worker,
      Arrivals arrivals,
      Handler<HttpServerRequest> handler,
      long lookMillis) {
    return worker
        .executeBlocking(() -> options.tls() == null ? null : options.tls().read())
        .map(tls -> new TcpListener(vertx, options, worker, tls, arrivals, lookMillis))
        .compose(
            listener ->
                listener
                    .listen(handler)
                    .onSuccess(TcpListener::tell)
                    .recover(
                        failure -> listener.close().transform(closed -> taken(options, failure))));
  }

  private Future<TcpListener> listen(Handler<HttpServerRequest> handler) {
    if (options.tls() == null) { // else they were counted before
      server.connectionHandler(arrivals::arrived);
    }
    return server
        .requestHandler(
            request -> {
              arrivals.asked(request.connection());
              handler.handle(request);
            })
        .listen(options.listen().port(), options.listen().host())
        .map(this);
  }

  private void tell() {
    LOG.info("the API is served at {}://{}", scheme(), address());
  }

  /** An address that was only ours to choose is no reason to leave nodes without their control. */
  private static <T> Future<T> taken(WebOptions options, Throwable failure) {
    String why =
        "the API can't be served on "
            + options.listen()
            + " ("
            + failure.getMessage()
            + "): set control.listen";
    if (options.required()) {
      return Future.failedFuture(new IOException(why, failure));
    }
    LOG.warn("the API is served on its Unix socket alone: {}", why);
    return Future.succeededFuture();
  }

  /** Where it is reached; its port is never 0. */
  public HostPort address() {
    return new HostPort(options.listen().host(), server.actualPort());
  }

  /** The first page as browsers are told of it, with a slash at the end. */
  public String url() {
    return scheme() + "://" + new HostPort(options.host(), server.actualPort()) + "/";
  }

  private String scheme() {
    return options.tls() == null ? "http" : "https";
  }

  /** Two files are not written at one instant: they are taken when they were the same twice. */
  private void look(CertificateFiles files) {
    if (looking) {
      return;
    }
    looking = true;
    worker
        .executeBlocking(files::stamp)
        .compose(
            now -> {
              boolean settled = now.equals(seen);
              seen = now;
              return settled && !now.equals(current) && !now.equals(refused)
                  ? renew(files, now)
                  : Future.succeededFuture();
            })
        .onComplete(looked -> looking = false);
  }

  private Future<?> renew(CertificateFiles files, List<List<Object>> now) {
    return worker
        .executeBlocking(files::read)
        .compose(tls -> server.updateSSLOptions(renewed(tls), true))
        .onSuccess(
            renewed -> {
              current = now;
              LOG.info("the API has a new certificate");
            })
        .onFailure(
            failure -> {
              refused = now;
              LOG.warn(
                  "the API's old certificate goes on, the new one can't be used: {}",
                  failure.getMessage());
            });
  }

  /** All that the options of the start had: what isn't said has its default from then on. */
  private ServerSSLOptions renewed(PemKeyCertOptions tls) {
    return new ServerSSLOptions()
        .setKeyCertOptions(tls)
        .setUseAlpn(true)
        .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
        .setSslHandshakeTimeout(arrivals.silentMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  /** Ends all connections. */
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return server.close();
  }
}
