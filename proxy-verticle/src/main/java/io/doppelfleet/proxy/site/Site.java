package io.doppelfleet.proxy.site;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.TcpOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The cover site in this process: HTTP/1.1 and HTTP/2 over TLS on a free port of the loopback, to
 * which strangers are spliced. It has an event loop of its own, so that reading files and signing
 * handshakes holds no client up.
 */
public final class Site implements AutoCloseable {
  /** Connections at once, as many as nginx's on most machines; the next ones wait. */
  private static final int MOST_CONNECTIONS = 768;

  /** A connection has a socket and perhaps a file. */
  private static final int DESCRIPTORS_EACH = 2;

  /** The site may take one of so many open files. */
  private static final int SHARE = 10;

  /**
   * Bytes of an answer that the kernel holds, which counts twice as many: so a slow reader is seen
   * to go on. The way to the splice, on the loopback, is never longer.
   */
  private static final int SEND_BUFFER = 128 * 1024;

  private static final long MOST_CLOSING_MILLIS = 1_000;

  private final MultiThreadIoEventLoopGroup loop;
  private final Tls tls;
  private final Replies replies;
  private final SiteOptions.Times times;
  private final int limit;
  private final Channel server;
  private final ChannelGroup visits;

  private Site(SiteOptions options, Documents documents, Tls tls, long descriptors)
      throws IOException {
    this.tls = tls;
    this.replies = new Replies(documents);
    this.times = options.times();
    this.limit = (int) (descriptors(descriptors) / DESCRIPTORS_EACH);
    // Not epoll's channels: Netty 4.2.18's forget, once the other side has closed, to wait until
    // the
    // socket takes more, and cut what is left of an answer.
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("cover-site", true), NioIoHandler.newFactory());
    this.visits = new DefaultChannelGroup(loop.next());
    try {
      this.server =
          new ServerBootstrap()
              .group(loop)
              .channel(NioServerSocketChannel.class)
              .childOption(ChannelOption.ALLOCATOR, Buffers.POOLED)
              // Who has asked and closed his side gets the answer all the same.
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
              .childHandler(new Visits())
              .bind(InetAddress.getLoopbackAddress(), 0)
              .syncUninterruptibly()
              .channel();
    } catch (RuntimeException e) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException("the built-in site can't listen on the loopback", e);
    }
    long reload = times.reload().toMillis();
    loop.scheduleWithFixedDelay(tls::look, reload, reload, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens it; blocks for files and for the loading of BoringSSL.
   *
   * @param state the node's own directory, which must not be served
   * @param clock wall clock, for the certificate's end
   * @param descriptors open files that the process is allowed
   * @throws IOException with a sentence for the operator
   */
  public static Site open(SiteOptions options, Path state, Clock clock, long descriptors)
      throws IOException {
    Tls tls = new Tls(options, clock);
    try {
      return new Site(options, Documents.open(options, state), tls, descriptors);
    } catch (IOException e) {
      tls.close();
      throw e;
    }
  }

  /** Open files that it may come to where the process is allowed so many. */
  public static long descriptors(long allowed) {
    return Math.clamp(
        allowed / SHARE, 2L * DESCRIPTORS_EACH, (long) DESCRIPTORS_EACH * MOST_CONNECTIONS);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /**
   * Who is told, on the site's event loop, whenever visitors begin to get another certificate: from
   * then on its flights are of another length.
   */
  public void whenRenewed(Runnable told) {
    loop.execute(() -> tls.whenRenewed(told));
  }

  /** Closes it and all visits; blocks for a moment. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    // One by one, so that each gives back what BoringSSL holds for it.
    visits.close().awaitUninterruptibly(MOST_CLOSING_MILLIS);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    tls.close();
  }

  private void countVisits() {
    server.config().setAutoRead(visits.size() < limit);
  }

  private final class Visits extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      TcpOptions.set(channel.config());
      visits.add(channel);
      countVisits();
      channel.closeFuture().addListener(closed -> countVisits());
      SslHandler handler = tls.handler(channel.alloc());
      Visit visit = new Visit(channel, handler, times);
      channel.pipeline().addLast(visit, new RecordFlow(), handler, new Protocols(replies, visit));
    }
  }
}
