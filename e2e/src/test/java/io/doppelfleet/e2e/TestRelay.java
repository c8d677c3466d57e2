package io.doppelfleet.e2e;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a server, which a test may break. It ends with its Vert.x. */
final class TestRelay {
  private final NetServer server;
  private final NetClient client;
  private final HostPort to;
  private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
  private final List<Long> taken = new CopyOnWriteArrayList<>();
  private volatile boolean mute;

  TestRelay(Vertx vertx, HostPort to) {
    this.server = vertx.createNetServer().connectHandler(this::connected);
    this.client = vertx.createNetClient();
    this.to = to;
  }

  /** Listens; returns its port, of TCP. */
  int listen(SocketAddress address) throws Exception {
    return TestNode.await(server.listen(address)).actualPort();
  }

  private void connected(NetSocket near) {
    taken.add(System.nanoTime());
    open.add(near);
    near.closeHandler(closed -> open.remove(near));
    if (mute) {
      return;
    }
    near.pause();
    client
        .connect(to.port(), to.host())
        .onSuccess(
            far -> {
              near.handler(far::write);
              far.handler(near::write);
              far.closeHandler(closed -> near.close());
              near.closeHandler(
                  closed -> {
                    open.remove(near);
                    far.close();
                  });
              near.resume();
            });
  }

  /** From now on it takes connections and passes nothing on. */
  void mute() {
    mute = true;
  }

  /** How many it has taken. */
  int taken() {
    return taken.size();
  }

  /** What passed from one that it took to another; from 1 on. */
  Duration between(int one, int another) {
    return Duration.ofNanos(taken.get(another - 1) - taken.get(one - 1));
  }

  /** How many are open. */
  int open() {
    return open.size();
  }

  void breakAll() {
    open.forEach(NetSocket::close);
  }
}
