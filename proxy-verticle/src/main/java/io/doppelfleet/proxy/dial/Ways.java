package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.SocketMark;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.proxy.ProxyHandler;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** From where, and by whom, the clients of one event loop are connected. */
public final class Ways {
  private static final String HANDSHAKE = "handshake";

  /** The handshake tells of its failure as an event too. */
  private static final ChannelHandler FAILED_OTHERWISE = new Silent();

  /** Nobody is between, and the system chooses from where. */
  static final Ways DIRECT = new Ways(null, List.of(), 0, RandomGenerator.getDefault());

  private final @Nullable Upstreams upstreams;
  private final @Nullable InetSocketAddress ipv4;
  private final @Nullable InetSocketAddress ipv6;
  private final int mark;
  private final RandomGenerator random;

  /**
   * By these.
   *
   * @param upstreams null: by nobody
   * @param bind addresses to connect from, one of each family at most
   * @param mark of the connections; 0: none
   */
  public Ways(
      @Nullable Upstreams upstreams, List<InetAddress> bind, int mark, RandomGenerator random) {
    this.upstreams = upstreams;
    this.ipv4 = from(bind, true);
    this.ipv6 = from(bind, false);
    this.mark = mark;
    this.random = random;
  }

  private static @Nullable InetSocketAddress from(List<InetAddress> bind, boolean ipv4) {
    return bind.stream()
        .filter(address -> address instanceof Inet4Address == ipv4)
        .findFirst()
        .map(address -> new InetSocketAddress(address, 0))
        .orElse(null);
  }

  private @Nullable InetSocketAddress from(InetSocketAddress to) {
    return to.getAddress() instanceof Inet4Address ? ipv4 : ipv6;
  }

  /** The upstreams for one dial, in the order to try them; none: the addresses are tried. */
  List<Upstreams.Health> order() {
    return upstreams == null ? List.of() : upstreams.order(random);
  }

  /** Opens a leg by nobody, see {@link Legs#open}. */
  Leg open(Legs legs, InetSocketAddress to, LegHandler handler) throws IOException {
    return legs.open(to, from(to), mark, handler);
  }

  /** The same of a channel, which a future of it tells. */
  ChannelFuture connect(Bootstrap bootstrap, InetSocketAddress to) {
    Bootstrap own = mark == 0 ? bootstrap : bootstrap.clone().handler(initializer(channel -> {}));
    return own.connect(to, from(to));
  }

  /** The same by an upstream: the future is that of its answer, which the trial sees first. */
  ChannelFuture connect(Bootstrap bootstrap, InetSocketAddress to, Trial trial) {
    InetSocketAddress at = trial.by().address();
    ProxyHandler handshake = trial.by().upstream().handshake(at);
    ChannelFuture begun =
        bootstrap
            .clone()
            .handler(
                initializer(
                    channel ->
                        channel
                            .pipeline()
                            .addLast(HANDSHAKE, handshake)
                            .addBefore(HANDSHAKE, null, trial) // after what decodes
                            .addLast(FAILED_OTHERWISE)))
            .connect(to, from(at));
    if (begun.isDone() && !begun.isSuccess()) {
      return begun; // there may be no channel of ours
    }
    ChannelPromise answered = begun.channel().newPromise();
    begun.addListener(
        connected -> {
          if (!connected.isSuccess()) {
            answered.tryFailure(connected.cause());
          }
        });
    handshake
        .connectFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                begun.channel().pipeline().remove(FAILED_OTHERWISE);
                begun.channel().pipeline().remove(trial);
                answered.trySuccess();
              } else {
                answered.tryFailure(done.cause());
              }
            });
    return answered;
  }

  /** A connection that can't be marked isn't opened: it would go another way than it may. */
  private ChannelInitializer<Channel> initializer(Consumer<Channel> more) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (mark != 0 && !SocketMark.set(channel, mark)) {
          channel.close();
        } else {
          more.accept(channel);
        }
      }
    };
  }

  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}

    @Override
    public boolean isSharable() {
      return true;
    }
  }

  /** It connected somebody. */
  void succeeded(Upstreams.Health by) {
    if (upstreams != null) {
      upstreams.succeeded(by);
    }
  }

  /** It didn't. */
  void failed(Upstreams.Health by, String why) {
    if (upstreams != null) {
      upstreams.failed(by, why);
    }
  }
}
