package io.doppelfleet.standin.load;

import io.doppelfleet.standin.client.ClientHello;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Somebody who connects, says hello, takes what comes first and resets the connection, again and
 * again, with many at once: what a node does about it is nobody's fault here.
 */
public final class HelloFlood {
  /** For an answer. */
  private static final int PATIENCE_MILLIS = 1_000;

  private final LoadClients clients;
  private final Supplier<ClientHello> hellos;

  /**
   * By these connections, which end it.
   *
   * @param hellos asked on their event loops
   */
  public HelloFlood(LoadClients clients, Supplier<ClientHello> hellos) {
    this.clients = clients;
    this.hellos = hellos;
  }

  /** Begins, with so many at once. */
  public void begin(int atOnce) {
    for (int i = 0; i < atOnce; i++) {
      next();
    }
  }

  private void next() {
    clients
        .connect(new One())
        .addListener(
            done -> {
              if (!done.isSuccess()) { // by itself it would try again at once
                clients.later(PATIENCE_MILLIS, this::next);
              }
            });
  }

  private final class One extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.channel().config().setOption(ChannelOption.SO_LINGER, 0); // no TIME_WAIT of millions
      byte[] hello = hellos.get().bytes();
      context.writeAndFlush(context.alloc().buffer(hello.length).writeBytes(hello));
      context.executor().schedule(() -> context.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object answer) {
      ReferenceCountUtil.release(answer);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      next();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
