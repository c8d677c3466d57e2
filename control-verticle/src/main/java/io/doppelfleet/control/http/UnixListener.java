package io.doppelfleet.control.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The Unix socket, of mode 0600: who can open it is the machine's user, or root. */
public final class UnixListener {
  /** Bytes of {@code sun_path} but its zero, unix(7). */
  private static final int LONGEST_PATH = 107;

  private UnixListener() {}

  /** Listens; fails with a sentence for the operator. */
  public static Future<HttpServer> start(
      Vertx vertx, Path socket, WorkerExecutor worker, Handler<HttpServerRequest> handler) {
    HttpServer server = vertx.createHttpServer(new HttpServerOptions()).requestHandler(handler);
    return worker
        .executeBlocking(
            () -> {
              checkLength(socket);
              return Files.deleteIfExists(socket); // of a process that was killed
            })
        .compose(deleted -> server.listen(SocketAddress.domainSocketAddress(socket.toString())))
        .compose(
            bound ->
                worker.executeBlocking(
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
    if (length > LONGEST_PATH) {
      throw new IOException(
          "its path has "
              + length
              + " bytes and may have "
              + LONGEST_PATH
              + ": set state to a shorter one");
    }
  }
}
