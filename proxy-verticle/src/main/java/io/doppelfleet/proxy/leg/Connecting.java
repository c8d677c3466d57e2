package io.doppelfleet.proxy.leg;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes sockets that are to be connected, with all that has to be set before. */
final class Connecting {
  private Connecting() {}

  /**
   * Begins to connect one.
   *
   * @param from null: as the system chooses
   * @param mark of the connection; 0: none
   * @return its descriptor, which is the caller's; a poll says how connect(2) ended
   * @throws IOException where there is no descriptor left, it can't be marked, or the system sees
   *     at once that it can't be connected; nothing is open then
   */
  static int begin(InetSocketAddress to, @Nullable InetSocketAddress from, int mark)
      throws IOException {
    LinuxSocket socket = make(to.getAddress() instanceof Inet6Address);
    try {
      TcpOptions.set(socket);
      if (mark != 0) {
        SocketMark.set(socket, mark);
      }
      if (from != null) {
        socket.bind(from);
      }
      socket.connect(to);
      return socket.intValue();
    } catch (IOException | RuntimeException e) {
      socket.close(); // at once: Netty never heard of it, so no event of this batch is its
      throw e;
    }
  }

  private static LinuxSocket make(boolean ipv6) throws IOException {
    try {
      return LinuxSocket.newSocketStream(ipv6);
    } catch (ChannelException e) {
      throw new IOException("no socket can be made: " + e.getMessage(), e);
    }
  }
}
