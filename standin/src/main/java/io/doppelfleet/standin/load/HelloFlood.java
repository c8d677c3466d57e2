package io.doppelfleet.standin.load;

import io.doppelfleet.standin.client.ClientHello;
import io.netty.buffer.Unpooled;
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

  /**
   * Begins.
   *
   * @param atOnce the most connections at once
   * @param rate the most hellos a second
   */
  public void begin(int atOnce, int rate) {
    long second = TimeUnit.SECONDS.toNanos(1);
    for (int i = 0; i < atOnce; i++) {
      new Place(System.nanoTime() + i * second / rate, atOnce * second / rate).next();
    }
  }

  /** One after the other. */
  private final class Place {
    private final long period;
    private long due;

    Place(long due, long period) {
      this.due = due;
      this.period = period;
    }

    void next() {
      long now = System.nanoTime();
      long wait = due - now;
      due = Math.max(due, now) + period; // what was missed isn't made up for
      clients.later(Math.max(0, wait), this::connect);
    }

    private void connect() {
      byte[] hello = hellos.get().bytes();
      clients
          .connectSpeaking(new One(this, hello))
          .addListener(
              done -> {
                if (!done.isSuccess()) { // by itself it would try again at once
                  clients.later(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS), this::next);
                }
              });
    }
  }

  private static final class One extends ChannelInboundHandlerAdapter {
    private final Place place;
    private final byte[] hello;

    One(Place place, byte[] hello) {
      this.place = place;
      this.hello = hello;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.channel().config().setOption(ChannelOption.SO_LINGER, 0); // no TIME_WAIT of millions
      context.writeAndFlush(Unpooled.wrappedBuffer(hello));
      context.executor().schedule(() -> context.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object answer) {
      ReferenceCountUtil.release(answer);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      place.next();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
