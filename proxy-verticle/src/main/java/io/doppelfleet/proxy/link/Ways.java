package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.link.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How this node reaches a control: where one is carried to it, if anywhere, else at its address.
 * For one event loop.
 */
final class Ways {
  /** Who says nothing for so long is gone; both ends say something every two seconds. */
  private static final int SILENT_SECONDS = 8;

  private static final int CONNECT_MILLIS = 5_000;

  /** Who poses as a control on the way takes what is said, and never ends the handshake. */
  private static final int HANDSHAKE_SECONDS = 4;

  /** One that was carried for so many times the pause until it is tried again is no broken one. */
  private static final int LASTING = 10;

  private static final int LONGEST = 120;

  private final NetClient client;
  private final @Nullable Carried carried;
  private final long firstMillis;
  private long againMillis;

  /** False where one that was carried ended: what ended it may end the next one, later. */
  private boolean carriedFirst = true;

  /**
   * With a client that ends with Vert.x.
   *
   * @param carried where connections are carried to a control; null: nowhere
   */
  Ways(Vertx vertx, @Nullable Carried carried) {
    this.carried = carried;
    this.firstMillis = (carried == null ? Duration.ZERO : carried.again()).toMillis();
    this.againMillis = firstMillis;
    this.client =
        vertx.createNetClient(
            new NetClientOptions()
                .setReadIdleTimeout(SILENT_SECONDS)
                .setWriteIdleTimeout(SILENT_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
  }

  /**
   * A connection to a control, whose certificate was found to be one.
   *
   * @param carried whether it isn't one to its address
   */
  record Connection(NetSocket socket, boolean carried) {}

  /** Whichever can be had. */
  Future<Connection> connect(NodeIdentity identity) {
    if (carried == null) {
      return atAddress(identity);
    }
    return carriedFirst
        ? carried(identity).recover(failure -> atAddress(identity))
        : atAddress(identity).recover(failure -> carried(identity));
  }

  /** One that is carried; fails where there is no such way. */
  Future<Connection> carried(NodeIdentity identity) {
    if (carried == null) {
      return Future.failedFuture("there is no way but the address");
    }
    ClientSSLOptions tls = tls(identity);
    tls.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
    return connect(carried.address(), tls).map(socket -> new Connection(socket, true));
  }

  private Future<Connection> atAddress(NodeIdentity identity) {
    HostPort control = identity.control();
    return connect(SocketAddress.inetSocketAddress(control.port(), control.host()), tls(identity))
        .map(socket -> new Connection(socket, false));
  }

  private static ClientSSLOptions tls(NodeIdentity identity) {
    return Tls.node(identity.key(), identity.certificate(), identity.authority());
  }

  private Future<NetSocket> connect(SocketAddress address, ClientSSLOptions tls) {
    return client.connect(
        new ConnectOptions()
            .setRemoteAddress(address)
            .setSsl(true)
            .setSslOptions(tls)
            .setTimeout(CONNECT_MILLIS));
  }

  /**
   * A link has ended. One that is carried costs that which is open at the address, so where they
   * break they are to be had ever more seldom.
   *
   * @param lastedMillis since it was open; 0: it never was
   */
  void ended(boolean wasCarried, long lastedMillis) {
    carriedFirst = !wasCarried;
    if (wasCarried) {
      againMillis =
          lastedMillis >= LASTING * firstMillis
              ? firstMillis
              : Math.min(2 * againMillis, LONGEST * firstMillis);
    }
  }

  /** So long one that isn't carried is left alone. */
  long againMillis() {
    return againMillis;
  }

  /** Whether there is a way but the address. */
  boolean areSeveral() {
    return carried != null;
  }

  Future<Void> close() {
    return client.close();
  }
}
