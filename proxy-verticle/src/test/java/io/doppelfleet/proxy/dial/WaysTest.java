package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.leg.SocketMark;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection to a data centre has by which the system tells it from others. */
final class WaysTest {
  private static final int MARK = 0xff000002;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  @AfterEach
  void end() throws Exception {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
  }

  private static boolean mayMark() {
    EpollSocketChannel channel = new EpollSocketChannel();
    try {
      return SocketMark.set(channel, MARK);
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  @Test
  void aConnectionHasItsMarkAndWhereThatCannotBeThereIsNone() throws Exception {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(EpollSocketChannel.class)
            .handler(new ChannelInboundHandlerAdapter());
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ChannelFuture connected =
          new Ways(null, List.of(), MARK, () -> 0)
              .connect(bootstrap, (InetSocketAddress) listener.getLocalSocketAddress())
              .await();
      assertThat(connected.isSuccess()).isEqualTo(mayMark());
      if (connected.isSuccess()) {
        assertThat(
                connected.channel().config().getOption(new IntegerUnixChannelOption("way", 1, 36)))
            .isEqualTo(MARK);
      }
      connected.channel().close().sync();
    }
  }
}
