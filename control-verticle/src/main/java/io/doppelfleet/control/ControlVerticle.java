package io.doppelfleet.control;

import io.doppelfleet.control.api.Api;
import io.doppelfleet.control.api.Caller;
import io.doppelfleet.control.api.Fleet;
import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The control plane of one process: the store, what nodes are told of it, what they tell, and the
 * API. The store is used on worker threads only; Vert.x must have a transport that knows Unix
 * sockets. Starting fails with a sentence for the operator.
 */
public final class ControlVerticle extends VerticleBase {
  /** Bytes of {@code sun_path} but its zero, unix(7). */
  private static final int LONGEST_SOCKET = 107;

  private final ControlOptions options;
  private final Clock clock;
  private final MeterRegistry meters;
  private final SecureRandom random = new SecureRandom();
  private @Nullable WorkerExecutor worker;
  private @Nullable Store store;
  private @Nullable Feed feed;
  private @Nullable Nodes nodes;
  private @Nullable Ledger ledger;
  private @Nullable Hellos hellos;
  private @Nullable Links links;
  private @Nullable HttpServer server;

  /** With the clock by which revisions are written; nobody sees what it counts. */
  public ControlVerticle(ControlOptions options, Clock clock) {
    this(options, clock, new CompositeMeterRegistry());
  }

  /** The same with a place where its counters go. */
  public ControlVerticle(ControlOptions options, Clock clock, MeterRegistry meters) {
    this.options = options;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor own = vertx.createSharedWorkerExecutor("doppelfleet-control", Store.CONNECTIONS);
    worker = own;
    return own.executeBlocking(
            () -> Store.open(options.storeUrl(), options.keyFile(), clock, random))
        .onSuccess(opened -> store = opened)
        .compose(opened -> begin(own, opened))
        .recover(failure -> stop().transform(closed -> Future.failedFuture(failure)));
  }

  private Future<HttpServer> begin(WorkerExecutor own, Store opened) {
    Nodes reporting = new Nodes(vertx, System::nanoTime);
    nodes = reporting;
    Sender sender = new Sender("control", clock.instant());
    ledger = new Ledger(vertx, opened, sender, options.retention());
    return Feed.start(vertx, opened, sender, own)
        .onSuccess(started -> feed = started)
        .compose(started -> links(own, opened, sender).map(started))
        .compose(
            started -> {
              Caller owner = new Caller(System.getProperty("user.name", "owner"), "unix");
              Fleet fleet = new Fleet(opened, started, reporting, links);
              return listen(own, Api.router(vertx, own, fleet, clock, random, call -> owner));
            });
  }

  private Future<?> links(WorkerExecutor own, Store opened, Sender sender) {
    LinkOptions nodesElsewhere = options.nodes();
    if (nodesElsewhere == null) {
      return Future.succeededFuture();
    }
    hellos = new Hellos(vertx, sender, random, meters);
    return Links.start(vertx, nodesElsewhere, opened.authority(), opened.roster(), own, clock)
        .onSuccess(started -> links = started);
  }

  private Future<HttpServer> listen(WorkerExecutor own, Router router) {
    Path socket = options.socket();
    HttpServer listening = vertx.createHttpServer(new HttpServerOptions()).requestHandler(router);
    server = listening;
    return own.executeBlocking(
            () -> {
              checkLength(socket);
              return Files.deleteIfExists(socket); // of a process that was killed
            })
        .compose(deleted -> listening.listen(SocketAddress.domainSocketAddress(socket.toString())))
        .compose(
            bound ->
                own.executeBlocking(
                    () -> {
                      Files.setPosixFilePermissions(
                          socket, PosixFilePermissions.fromString("rw-------"));
                      return bound;
                    }))
        .recover(
            failure ->
                Future.failedFuture(
                    new IOException(
                        "the API can't be served on " + socket + ": " + failure.getMessage(),
                        failure)));
  }

  private static void checkLength(Path socket) throws IOException {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET) {
      throw new IOException(
          "its path has "
              + length
              + " bytes and may have "
              + LONGEST_SOCKET
              + ": set state to a shorter one");
    }
  }

  /** The key by which nodes know this fleet's states; once it has started. */
  public PublicKey statesKey() {
    return Objects.requireNonNull(store).authority().statesKey();
  }

  @Override
  public Future<?> stop() {
    return closed(server == null ? null : server.close())
        .compose(ended -> closed(links == null ? null : links.close()))
        .compose(ended -> closed(hellos == null ? null : hellos.close()))
        .compose(ended -> closed(feed == null ? null : feed.close()))
        .compose(ended -> closed(nodes == null ? null : nodes.close()))
        .compose(ended -> closed(ledger == null ? null : ledger.close()))
        .compose(ended -> closed(closeStore()))
        .compose(ended -> closed(worker == null ? null : worker.close()));
  }

  private @Nullable Future<?> closeStore() {
    Store opened = store;
    WorkerExecutor own = worker;
    return opened == null || own == null
        ? null
        : own.executeBlocking(
            () -> {
              opened.close();
              return null;
            });
  }

  /** The next is closed whatever became of this one. */
  private static Future<Void> closed(@Nullable Future<?> closing) {
    return closing == null
        ? Future.succeededFuture()
        : closing.transform(ended -> Future.succeededFuture());
  }
}
