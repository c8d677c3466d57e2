package io.doppelfleet.proxy.leg;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** An event loop, legs on it, and the sockets at their far ends. */
public final class TestLoop implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;
  private static final int PATIENCE_MILLIS = 5000;

  /** What the legs are on. */
  public enum Pump {
    /** As where epoll is. */
    DESCRIPTORS,

    /** As elsewhere. */
    CHANNELS
  }

  private final Class<? extends SocketChannel> channels;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final LoopBytes bytes = new LoopBytes(65_536, 1 << 20, 8);
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<AutoCloseable> accepted = new ArrayList<>();
  private final Legs legs;
  private boolean released;

  /** On epoll. */
  public TestLoop() throws Exception {
    this(Pump.DESCRIPTORS);
  }

  /** On what its legs need. */
  public TestLoop(Pump pump) throws Exception {
    boolean epoll = pump == Pump.DESCRIPTORS;
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    channels = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    group = new MultiThreadIoEventLoopGroup(1, io);
    loop = group.next();
    legs = on(() -> new Legs(loop, bytes));
  }

  /** The loop. */
  public EventLoop loop() {
    return loop;
  }

  /** Its legs. */
  public Legs legs() {
    return legs;
  }

  /** What waits on it, with room for 1 MiB. */
  public LoopBytes bytes() {
    return bytes;
  }

  /** Runs on the loop, and returns when it has. */
  public <T> T on(Callable<T> work) throws Exception {
    return loop.submit(work).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** A leg on a descriptor, to whose far end {@link #accept} comes next. */
  public DescriptorLeg leg(LegHandler handler) throws Exception {
    Channel channel = connect();
    return on(() -> (DescriptorLeg) legs.take(channel, "", handler));
  }

  /**
   * Quiet seconds after which the kernel asks the far end whether it is there; 0 if it does not.
   */
  public int askedAfter(DescriptorLeg leg) throws Exception {
    return on(
        () -> {
          var socket = new io.netty.channel.unix.Socket(leg.number());
          return socket.isKeepAlive() ? socket.getIntOpt(6, 4) : 0; // IPPROTO_TCP, TCP_KEEPIDLE
        });
  }

  /** A channel that is to become one. */
  public Channel connect() throws Exception {
    return connections().connect(server.getLocalSocketAddress()).sync().channel();
  }

  /** A channel that is nowhere yet. */
  public Channel channel() {
    return new ReflectiveChannelFactory<>(channels).newChannel();
  }

  /** Makes channels that read nothing. */
  public Bootstrap connections() {
    return new Bootstrap()
        .group(loop)
        .channel(channels)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new Silent());
  }

  /** Where {@link #accept} is. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** The far end of the oldest that was not accepted yet; it is closed with the loop. */
  public Socket accept() throws IOException {
    Socket far = server.accept();
    far.setSoTimeout(PATIENCE_MILLIS);
    far.setTcpNoDelay(true);
    accepted.add(far);
    return far;
  }

  /** Gives the loop's memory back, once. */
  public void release() throws Exception {
    on(
        () -> {
          if (!released) {
            released = true;
            legs.release();
          }
          return null;
        });
  }

  @Override
  public void close() throws Exception {
    release();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    for (AutoCloseable each : accepted) {
      each.close();
    }
    server.close();
  }

  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }
  }
}
