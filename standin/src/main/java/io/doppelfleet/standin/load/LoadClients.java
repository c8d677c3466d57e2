package io.doppelfleet.standin.load;

import io.doppelfleet.standin.client.ClientHello;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Opens load connections to one proxy. Their addresses are spread over {@code 127.0.0.0/8} on
 * Linux, because one address has but 28,000 ports and a proxy may count connections by address.
 */
public final class LoadClients implements AutoCloseable {
  /** The most that a channel reads at once. */
  static final int READ_LENGTH = 64 * 1024;

  private static final int SOURCES = 64;

  /** Elsewhere 127.0.0.1 alone may be the machine's. */
  private static final boolean WHOLE_LOOPBACK = "Linux".equals(System.getProperty("os.name"));

  private static final int CONNECT_MILLIS = 10_000;

  private final InetSocketAddress proxy;
  private final int datacenter;
  private final EventLoopGroup loops;
  private final Bootstrap bootstrap;
  private final AtomicInteger opened = new AtomicInteger();

  /**
   * Clients of a proxy, on the IPv4 loopback or elsewhere.
   *
   * @param datacenter that they ask for
   * @param loops event loops that they share
   */
  public LoadClients(InetSocketAddress proxy, int datacenter, int loops) {
    this.proxy = proxy;
    this.datacenter = datacenter;
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops = new MultiThreadIoEventLoopGroup(loops, io);
    Class<? extends Channel> channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    bootstrap =
        new Bootstrap()
            .group(this.loops)
            .channel(channel)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 2048, READ_LENGTH));
  }

  /**
   * Connects; the talk is told all else, a connect that fails included.
   *
   * @param hello null where no proxy is, but what relays the stream as it is
   */
  public void open(@Nullable ClientHello hello, Talk talk) {
    connect(new LoadConnection(hello, datacenter, talk))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                talk.closed(done.cause());
              }
            });
  }

  private ChannelFuture connect(ChannelHandler handler) {
    return bootstrap.clone().handler(handler).connect(proxy, source());
  }

  /**
   * Connects for somebody who says something else, and has it ready: where epoll is there, the last
   * packet of TCP's handshake waits for it and brings it along. Without, a proxy would see how busy
   * the machine is that the load runs on, which is its own.
   */
  ChannelFuture connectSpeaking(ChannelHandler handler) {
    Bootstrap speaking = bootstrap.clone().handler(handler);
    if (Epoll.isAvailable()) {
      speaking.option(EpollChannelOption.TCP_QUICKACK, false);
    }
    return speaking.connect(proxy, source());
  }

  /** Does something on one of the event loops, unless they are closed by then. */
  void later(long nanos, Runnable task) {
    loops.next().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private @Nullable InetSocketAddress source() {
    if (!proxy.getAddress().isLoopbackAddress() || !WHOLE_LOOPBACK) {
      return null;
    }
    int number = Math.floorMod(opened.getAndIncrement(), SOURCES);
    return new InetSocketAddress("127.0.1." + (1 + number), 0);
  }

  /** Closes all loops; connections that are open end. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
