package io.doppelfleet.proxy.leg;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * The mark of a connection (Linux's SO_MARK), by which the system's routing rules and firewall tell
 * it from others.
 */
public final class SocketMark {
  /** SOL_SOCKET and SO_MARK of Linux's asm-generic/socket.h, as x86 and ARM have them. */
  private static final int SOL_SOCKET = 1;

  private static final int SO_MARK = 36;

  private static final ChannelOption<Integer> OPTION =
      new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);

  private SocketMark() {}

  /**
   * Marks a connection that was not opened yet.
   *
   * @param mark all 32 bits of it
   * @return false where the system refuses, and where it has no marks
   */
  public static boolean set(Channel channel, int mark) {
    try {
      return channel.config().setOption(OPTION, mark);
    } catch (ChannelException e) {
      return false;
    }
  }

  /**
   * The same for a socket.
   *
   * @throws IOException where the system refuses
   */
  static void set(Socket socket, int mark) throws IOException {
    socket.setIntOpt(SOL_SOCKET, SO_MARK, mark);
  }

  /**
   * Whether this process may mark connections.
   *
   * @throws IOException with a sentence for the operator
   */
  public static void check(int mark) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException("proxy.outgoing.mark: connections have no marks on this system");
    }
    EpollSocketChannel channel = new EpollSocketChannel();
    try {
      if (!set(channel, mark)) {
        throw new IOException(
            "proxy.outgoing.mark: this process may not mark its connections: it needs the capability"
                + " CAP_NET_ADMIN (in its systemd unit to AmbientCapabilities= and"
                + " CapabilityBoundingSet=)");
      }
    } finally {
      channel.unsafe().closeForcibly();
    }
  }
}
