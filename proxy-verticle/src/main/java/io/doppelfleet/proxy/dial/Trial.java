package io.doppelfleet.proxy.dial;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.socksx.v5.Socks5CommandResponse;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import java.util.concurrent.TimeUnit;

/**
 * One attempt by an upstream. Stands before the handshake in the channel's pipeline and looks at
 * what the upstream says, to know whose failure it is: an upstream that can't reach a target has
 * done its own part.
 */
final class Trial extends ChannelInboundHandlerAdapter {
  /**
   * For how long an upstream may say nothing. A handshake takes four round trips at most, and then
   * comes the upstream's own connecting: a good one that is 200 ms away is through by then.
   */
  static final long PATIENCE_MILLIS = 1000;

  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);

  private final Upstreams.Health by;
  private final long begun = System.nanoTime();
  private boolean heard;
  private boolean ofTarget;
  private boolean droppedByUs;

  Trial(Upstreams.Health by) {
    this.by = by;
  }

  /** Who is tried. */
  Upstreams.Health by() {
    return by;
  }

  /** The attempt makes room for another one, and fails by that. */
  void drop() {
    droppedByUs = true;
  }

  /** For an attempt that failed: whether the upstream did, and not what it was to connect. */
  boolean failedItself() {
    return droppedByUs ? isSilent() : !ofTarget;
  }

  /**
   * For an attempt that nobody waits for any longer: whether the upstream had its time and isn't
   * there. Who greeted, or took a connection where there is no greeting, may wait for the target.
   */
  boolean isSilent() {
    return !heard && System.nanoTime() - begun >= PATIENCE;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (by.upstream().kind() == Upstream.Kind.HTTP) {
      heard = true;
    }
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch (message) {
      case Socks5CommandResponse reply ->
          ofTarget =
              reply.decoderResult().isSuccess()
                  && !reply.status().equals(Socks5CommandStatus.COMMAND_UNSUPPORTED);
      case Socks5Message greeting -> heard |= greeting.decoderResult().isSuccess();
      case HttpResponse reply -> ofTarget = isOfTarget(reply.status().code());
      default -> {}
    }
    context.fireChannelRead(message);
  }

  /** RFC 9110, 15.6, and what proxies say; others are of the login, or of no proxy at all. */
  private static boolean isOfTarget(int status) {
    return status == 500 || (status >= 502 && status <= 504);
  }
}
