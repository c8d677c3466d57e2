package io.doppelfleet.proxy.dial;

import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A proxy of others by which data centres are reached.
 *
 * @param name the operator's, for logs and metrics
 * @param kind what it speaks
 * @param address where it is; unresolved where that is a name, see {@link UpstreamNames}
 * @param login null where it wants none
 * @param weight its share of connections, beside the others' weights; 1 or more
 */
public record Upstream(
    String name, Kind kind, InetSocketAddress address, @Nullable Login login, int weight) {
  /** What upstreams speak. */
  public enum Kind {
    /** RFC 1928. */
    SOCKS5,
    /** HTTP's CONNECT, RFC 9110, 9.3.6. */
    HTTP
  }

  /** What an upstream wants to know, RFC 1929, or RFC 7617 for HTTP: 1..255 bytes each. */
  public record Login(String user, String password) {
    /** Nothing of it, wherever that is written. */
    @Override
    public String toString() {
      return "a login";
    }
  }

  /**
   * What stands in a channel's pipeline until the upstream has connected it. Has no clock.
   *
   * @param at where it is now
   */
  ProxyHandler handshake(InetSocketAddress at) {
    Login own = login;
    ProxyHandler handler =
        switch (kind) {
          case SOCKS5 ->
              own == null
                  ? new Socks5ProxyHandler(at)
                  : new Socks5ProxyHandler(at, own.user, own.password);
          case HTTP ->
              own == null
                  ? new HttpProxyHandler(at)
                  : new HttpProxyHandler(at, own.user, own.password);
        };
    handler.setConnectTimeoutMillis(0); // a dial has its own
    return handler;
  }
}
