package io.doppelfleet.e2e;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;

/** A way to a server that swallows all bytes while it is cut, and closes nothing. */
final class CutNetwork implements AutoCloseable {
  private final NetServer server;
  private final NetClient client;
  private final HostPort to;
  private volatile boolean cut;

  private CutNetwork(Vertx vertx, HostPort to) {
    this.server = vertx.createNetServer();
    this.client = vertx.createNetClient();
    this.to = to;
  }

  static CutNetwork to(Vertx vertx, HostPort to) throws Exception {
    CutNetwork network = new CutNetwork(vertx, to);
    network.server.connectHandler(network::connected);
    TestNode.await(network.server.listen(0, "127.0.0.1"));
    return network;
  }

  private void connected(NetSocket near) {
    near.pause();
    client
        .connect(to.port(), to.host())
        .onSuccess(
            far -> {
              near.handler(bytes -> pass(bytes, far));
              far.handler(bytes -> pass(bytes, near));
              near.closeHandler(closed -> ended(far));
              far.closeHandler(closed -> ended(near));
              near.resume();
            });
  }

  private void pass(Buffer bytes, NetSocket to) {
    if (!cut) {
      to.write(bytes);
    }
  }

  private void ended(NetSocket other) {
    if (!cut) {
      other.close();
    }
  }

  HostPort address() {
    return new HostPort("127.0.0.1", server.actualPort());
  }

  void cut() {
    cut = true;
  }

  void mend() {
    cut = false;
  }

  @Override
  public void close() throws Exception {
    TestNode.await(server.close());
  }
}
