package io.doppelfleet.proxy.site;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection from its accept to its end: for what it is waited, and how it closes. Stands
 * before TLS, so what it reads is bytes of the wire.
 */
final class Visit extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private final SslHandler tls;
  private final SiteOptions.Times times;
  private @Nullable ScheduledFuture<?> timer;

  /** When the timer looks, and when it is over: the first is no later. */
  private long look;

  private long deadline;

  private int exchanges;
  private boolean secured;

  /** Under HTTP/2 bytes between requests need be no beginning of one, and extend nothing. */
  private boolean streams;

  /** Between two requests. */
  private boolean kept;

  private boolean inputEnded;
  private boolean lingering;

  Visit(Channel channel, SslHandler tls, SiteOptions.Times times) {
    this.channel = channel;
    this.tls = tls;
    this.times = times;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    within(times.header());
    context.fireChannelActive();
  }

  /** The handshake is done. */
  void secured(boolean http2) {
    secured = true;
    streams = http2;
    within(times.header());
  }

  /** A request is there. */
  void began() {
    exchanges++;
    kept = false;
    within(times.send());
  }

  /** Its answer, or the rest of it, goes on. */
  void progressed() {
    if (exchanges > 0 && !lingering) {
      within(times.send());
    }
  }

  /** It was answered. */
  void ended() {
    if (--exchanges > 0 || lingering) {
      return;
    }
    kept = true;
    within(times.keepAlive());
    if (inputEnded) {
      channel.eventLoop().execute(this::closeIfIdle); // the next request may be there already
    }
  }

  /**
   * Whoever is there will say no more, by the words of TLS; while we linger they may be our own.
   */
  void goodbye() {
    if (!lingering) {
      inputEnded = true;
      closeIfIdle();
    }
  }

  private void closeIfIdle() {
    if (exchanges == 0) {
      channel.close();
    }
  }

  /**
   * Closes after all was said: our side at once, the whole when the other side has closed too or
   * time is over. Closing while bytes come would be a reset, and take the answer with it.
   */
  void linger() {
    if (lingering || inputEnded) {
      channel.close();
      return;
    }
    lingering = true;
    within(times.linger());
    tls.closeOutbound()
        .addListener(
            said -> {
              if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (lingering) {
      ReferenceCountUtil.release(bytes);
      return;
    }
    if (kept && !streams) {
      kept = false;
      within(times.header());
    }
    context.fireChannelRead(bytes);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded = true;
      if (lingering) {
        channel.close();
      } else {
        closeIfIdle();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancel();
    context.fireChannelInactive();
  }

  private void within(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
    if (timer == null || deadline - look < 0) {
      cancel();
      lookAt(deadline);
    }
  }

  private void lookAt(long moment) {
    look = moment;
    timer =
        channel.eventLoop().schedule(this::look, moment - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void look() {
    if (deadline - System.nanoTime() > 0) {
      lookAt(deadline);
    } else if (secured && !lingering) {
      channel.close();
    } else {
      // Nothing is said to who never got as far as a key, or was told all.
      channel.pipeline().firstContext().close();
    }
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
