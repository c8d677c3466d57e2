package io.doppelfleet.bench.yardstick;

import io.doppelfleet.proxy.leg.Buffers;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The plainest relay that Netty makes, as good as it gets: native epoll channels on one event loop,
 * the node's own pool of buffers, whole buffers passed on without a copy, a flush where reading
 * pauses. It knows no TLS, no AES and no telling apart of clients; a node does all that, and is
 * measured by what it costs more, or less, than this. A client that leaves before the dial is done
 * is forgotten, with what it sent: ours don't.
 */
public final class PlainRelay implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Channel> listeners = new ArrayList<>();

  private PlainRelay() {}

  /**
   * Listens at free ports of the IPv4 loopback.
   *
   * @param target where all goes
   * @param readBytes of every buffer read into; a listener for each
   */
  public static PlainRelay start(InetSocketAddress target, List<Integer> readBytes)
      throws IOException {
    PlainRelay relay = new PlainRelay();
    for (int size : readBytes) {
      relay.listen(target, size);
    }
    return relay;
  }

  private void listen(InetSocketAddress target, int readBytes) throws IOException {
    WriteBufferWaterMark waiting = new WriteBufferWaterMark(readBytes, 2 * readBytes);
    Bootstrap dial =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, Buffers.POOLED)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes))
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waiting)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(target);
    var bound =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOCATOR, Buffers.POOLED)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(readBytes))
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waiting)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel near) {
                    connect(near, dial);
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("the relay can't listen", bound.cause());
    }
    listeners.add(bound.channel());
  }

  private static void connect(Channel near, Bootstrap dial) {
    dial.clone()
        .handler(new Pump(near))
        .connect()
        .addListener(
            dialled -> {
              if (!dialled.isSuccess()) {
                near.close();
              }
            });
  }

  /** Where it listens, in the order of the sizes. */
  public List<InetSocketAddress> addresses() {
    return listeners.stream().map(l -> (InetSocketAddress) l.localAddress()).toList();
  }

  @Override
  public void close() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
