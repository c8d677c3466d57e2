package io.doppelfleet.proxy.listen;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.leg.TcpOptions;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.net.BindException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Takes connections on one address for one event loop. Vert.x accepts on a thread of its own and
 * deals the connections out to the loops in turn.
 */
public final class Listener {
  private static final int BACKLOG = 4096;

  private final NetServer server;
  private final HostPort address;

  private Listener(NetServer server, HostPort address) {
    this.server = server;
    this.address = address;
  }

  /**
   * Opens a listener on the calling context's event loop.
   *
   * @param accepted takes each connection as it is accepted, before its first read
   * @return fails with a {@link BindException} that names the address
   */
  public static Future<Listener> open(
      Vertx vertx, HostPort address, Admission admission, Consumer<NetSocketInternal> accepted) {
    NetServer server =
        vertx.createNetServer(
            new NetServerOptions().setAcceptBacklog(BACKLOG).setReuseAddress(true));
    server.connectHandler(
        socket -> {
          NetSocketInternal connection = (NetSocketInternal) socket;
          Channel channel = connection.channelHandlerContext().channel();
          admission.arrived(channel);
          TcpOptions.set(channel.config());
          accepted.accept(connection);
        });
    return server
        .listen(address.port(), address.host())
        .map(open -> new Listener(open, new HostPort(address.host(), open.actualPort())))
        .recover(
            failure -> {
              BindException named =
                  new BindException("can't listen on " + address + ": " + reason(failure));
              return Future.failedFuture(named);
            });
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** The address, its port filled in. */
  public HostPort address() {
    return address;
  }

  /** Takes no more connections; those that there are may end by themselves for the given time. */
  public Future<Void> shutdown(Duration drain) {
    return server.shutdown(drain.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
  }
}
