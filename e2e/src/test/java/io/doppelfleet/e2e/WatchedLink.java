package io.doppelfleet.e2e;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.List;

/** A way to a server on which somebody sees how long the TLS records are, each way. */
final class WatchedLink implements AutoCloseable {
  private final NetServer server;
  private final NetClient client;
  private final HostPort to;
  private List<Integer> up = new ArrayList<>();
  private List<Integer> down = new ArrayList<>();

  private WatchedLink(Vertx vertx, HostPort to) {
    this.server = vertx.createNetServer();
    this.client = vertx.createNetClient();
    this.to = to;
  }

  static WatchedLink to(Vertx vertx, HostPort to) throws Exception {
    WatchedLink link = new WatchedLink(vertx, to);
    link.server.connectHandler(link::connected);
    TestNode.await(link.server.listen(0, "127.0.0.1"));
    return link;
  }

  private void connected(NetSocket near) {
    near.pause();
    client
        .connect(to.port(), to.host())
        .onSuccess(
            far -> {
              pass(near, far, true);
              pass(far, near, false);
              near.resume();
            });
  }

  private void pass(NetSocket from, NetSocket to, boolean isUp) {
    RecordParser records = RecordParser.newFixed(5);
    boolean[] inBody = {false};
    records.handler(
        piece -> {
          if (!inBody[0]) {
            seen(isUp, piece.getUnsignedShort(3));
          }
          records.fixedSizeMode(inBody[0] ? 5 : piece.getUnsignedShort(3));
          inBody[0] = !inBody[0];
        });
    from.handler(
        (Buffer bytes) -> {
          to.write(bytes);
          records.handle(bytes);
        });
    from.closeHandler(closed -> to.close());
  }

  private synchronized void seen(boolean isUp, int length) {
    (isUp ? up : down).add(length);
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.actualPort());
  }

  /** The lengths of the records towards the server since the last time. */
  synchronized List<Integer> up() {
    List<Integer> seen = up;
    up = new ArrayList<>();
    return seen;
  }

  /** The same the other way. */
  synchronized List<Integer> down() {
    List<Integer> seen = down;
    down = new ArrayList<>();
    return seen;
  }

  @Override
  public void close() throws Exception {
    TestNode.await(server.close());
  }
}
