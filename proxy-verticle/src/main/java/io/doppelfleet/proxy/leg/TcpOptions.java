package io.doppelfleet.proxy.leg;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * What is set on a client's socket and on the one behind it alike; what is not named here was
 * measured and makes no difference (TCP_QUICKACK, which is set at moments alone, when a sender may
 * wait for it), or shows (TCP_DEFER_ACCEPT: who says nothing has to meet the cover).
 *
 * <p>TCP_NODELAY, for header and first bytes may be two writes: the second must not wait for the
 * first one's ACK. SO_KEEPALIVE, for a stranger who vanished while the cover keeps silent; idle
 * clients are swept long before. TCP_NOTSENT_LOWAT, see {@link Legs#NOT_SENT}.
 */
public final class TcpOptions {
  /** See tcp(7); the numbers are from Linux's headers. */
  private static final int IPPROTO_TCP = 6;

  private static final int TCP_NOTSENT_LOWAT = 25;

  private TcpOptions() {}

  /** Sets them, as far as the channel's kind knows them: NIO channels have no TCP_NOTSENT_LOWAT. */
  public static void set(ChannelConfig config) {
    config.setOption(ChannelOption.TCP_NODELAY, true);
    config.setOption(ChannelOption.SO_KEEPALIVE, true);
    config.setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) Legs.NOT_SENT);
  }

  /** The same for a socket that was not connected yet. */
  static void set(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setIntOpt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, Legs.NOT_SENT);
  }
}
