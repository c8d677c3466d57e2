package io.doppelfleet.control.http;

import io.doppelfleet.control.http.Arrivals.Arrival;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The JDK's TLS, which tells of each connection when it is accepted: a server itself tells of one
 * when its handshake is done, and until then each has an open file that nobody has counted.
 */
final class CountedTls extends JdkSSLEngineOptions {
  private final Arrivals arrivals;

  CountedTls(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  @Override
  public JdkSSLEngineOptions copy() {
    return new CountedTls(arrivals);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Factory(arrivals);
  }

  private static final class Factory extends DefaultSslContextFactory {
    private final Arrivals arrivals;

    Factory(Arrivals arrivals) {
      super(SslProvider.JDK, false);
      this.arrivals = arrivals;
    }

    @Override
    public SslContext create() throws SSLException {
      return new Counted(super.create(), arrivals);
    }
  }

  private static final class Counted extends DelegatingSslContext {
    private final Arrivals arrivals;

    Counted(SslContext context, Arrivals arrivals) {
      super(context);
      this.arrivals = arrivals;
    }

    @Override
    protected void initEngine(SSLEngine engine) {}

    @Override
    protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
      return new Accepted(newEngine(alloc), startTls, executor, arrivals);
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator alloc, String host, int port, boolean startTls, Executor executor) {
      return new Accepted(newEngine(alloc, host, port), startTls, executor, arrivals);
    }
  }

  private static final class Accepted extends SslHandler {
    private final Arrivals arrivals;

    Accepted(SSLEngine engine, boolean startTls, Executor executor, Arrivals arrivals) {
      super(engine, startTls, executor);
      this.arrivals = arrivals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
      super.handlerAdded(context);
      Channel channel = context.channel();
      // Not at once: the server has yet to add what it adds after this.
      Runnable closing = () -> channel.eventLoop().execute(channel::close);
      Arrival arrival = arrivals.arrived((InetSocketAddress) channel.remoteAddress(), closing);
      if (arrival != null) {
        channel.closeFuture().addListener(closed -> arrivals.gone(arrival));
      }
    }
  }
}
