package io.doppelfleet.standin.datacenter;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A data centre on this machine, at one address or several: MTProto for real clients, {@link
 * io.doppelfleet.standin.wire.LoadRequest} for load. Thread-safe.
 */
public final class StandInDatacenter implements AutoCloseable {
  /** Bytes that may wait for one slow reader: a large part of a file fits, little else. */
  private static final WriteBufferWaterMark WAITING =
      new WriteBufferWaterMark(128 * 1024, 256 * 1024);

  private static final int BACKLOG = 4096;

  private final DatacenterState state;
  private final EventLoopGroup loops;
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final List<Channel> listeners = new ArrayList<>();

  private StandInDatacenter(DatacenterKey key, int loopCount) {
    state = new DatacenterState(key);
    IoHandlerFactory handlers =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    loops = new MultiThreadIoEventLoopGroup(loopCount, handlers);
  }

  /** With a key of its own, on one event loop, at a free port of the loopback address. */
  public static StandInDatacenter start() throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return start(List.of(free), DatacenterKey.generate(), 1);
  }

  /**
   * Opens the listeners.
   *
   * @param addresses port 0 takes a free one
   * @param loops event loops, at least 1
   * @throws IOException when an address can't be listened on; then none is
   */
  public static StandInDatacenter start(
      List<InetSocketAddress> addresses, DatacenterKey key, int loops) throws IOException {
    StandInDatacenter datacenter = new StandInDatacenter(key, loops);
    try {
      for (InetSocketAddress address : addresses) {
        datacenter.listen(address);
      }
      return datacenter;
    } catch (IOException e) {
      datacenter.close();
      throw e;
    }
  }

  private void listen(InetSocketAddress address) throws IOException {
    Class<? extends ServerChannel> kind =
        Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(kind)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    open.add(channel);
                    channel.pipeline().addLast(new ObfuscationHandler(state));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(address + " can't be listened on", bound.cause());
    }
    listeners.add(bound.channel());
  }

  /** Where it listens, ports filled in, in the order given. */
  public List<InetSocketAddress> addresses() {
    return listeners.stream().map(l -> (InetSocketAddress) l.localAddress()).toList();
  }

  /** The first of {@link #addresses}. */
  public InetSocketAddress address() {
    return addresses().getFirst();
  }

  /** What clients must be given to trust it. */
  public DatacenterKey key() {
    return state.rsa();
  }

  /** Connections that are open now, those whose header isn't here yet included. */
  public int connections() {
    return open.size();
  }

  /** What the headers said, oldest first: the newest 10,000. */
  public List<Arrival> arrivals() {
    return state.arrivals();
  }

  /** Pings inside encrypted messages that were answered. */
  public long pings() {
    return state.pings().sum();
  }

  /** Authorization keys that were agreed on, temporary ones included. */
  public int keysExchanged() {
    return state.keys().size();
  }

  /** What was uploaded under this {@code file_id}. */
  public Upload upload(long file) {
    return state.uploads().get(file);
  }

  /**
   * Whether connections whose header comes from now on are read and never answered. Those that are
   * further go on as they were.
   */
  public void silent(boolean silent) {
    state.silent(silent);
  }

  /**
   * Answers {@code help.getConfig} with this from now on, and not as if there were no such method.
   *
   * @param configuration an object of TL
   */
  public void publish(byte[] configuration) {
    state.configuration(configuration);
  }

  /** Cuts every connection with RST; listeners stay. */
  public void reset() {
    for (Channel channel : open) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    open.close().awaitUninterruptibly();
  }

  /** Refuses new connections; those that are open stay. */
  public void stopListening() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() {
    stopListening();
    open.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
