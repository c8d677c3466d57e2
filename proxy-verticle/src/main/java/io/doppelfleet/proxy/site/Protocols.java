package io.doppelfleet.proxy.site;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on with the protocol that the handshake agreed upon. */
final class Protocols extends ApplicationProtocolNegotiationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Protocols.class);

  /** Of a request's first line, and of all its header: nginx's buffers. */
  private static final int LONGEST_HEADER = 8192;

  /** nginx's http2_max_concurrent_streams. */
  private static final int STREAMS = 128;

  /** How long HTTP/2 waits for streams after it said that it closes. */
  private static final long GOODBYE_MILLIS = 2_000;

  private final Replies replies;
  private final Visit visit;

  Protocols(Replies replies, Visit visit) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.replies = replies;
    this.visit = visit;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext context, String protocol) {
    boolean http2 = protocol.equals(ApplicationProtocolNames.HTTP_2);
    visit.secured(http2);
    ChannelPipeline pipeline = context.pipeline();
    if (http2) {
      pipeline.addLast(
          Http2FrameCodecBuilder.forServer()
              .initialSettings(
                  Http2Settings.defaultSettings()
                      .maxConcurrentStreams(STREAMS)
                      .maxHeaderListSize(LONGEST_HEADER))
              .gracefulShutdownTimeoutMillis(GOODBYE_MILLIS)
              .build(),
          new Http2MultiplexHandler(new Streams()));
    } else {
      pipeline.addLast(
          new HttpServerCodec(
              new HttpDecoderConfig()
                  .setMaxInitialLineLength(LONGEST_HEADER)
                  .setMaxHeaderSize(LONGEST_HEADER)),
          new FlowControlHandler(),
          new Exchanges(replies, visit, false));
    }
    pipeline.addLast(new Ends());
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
    failed(context, cause);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failed(context, cause);
  }

  private static void failed(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a visit has ended: {}", cause.toString());
    context.close();
  }

  private final class Streams extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      stream
          .pipeline()
          .addLast(
              new Targets(),
              new Http2StreamFrameToHttpObjectCodec(true),
              new Exchanges(replies, visit, true));
    }
  }

  /**
   * Resets streams whose target has a blank in it. That is how the frame codec ends those with any
   * other control byte, and how nghttp2 does, which most servers use; where HTTP/1.1 has an answer.
   */
  private static final class Targets extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2HeadersFrame frame
          && frame.headers().path() != null
          && Replies.isMalformed(frame.headers().path())) {
        context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
      } else {
        context.fireChannelRead(message);
      }
    }
  }

  /** What concerns the connection as a whole and nobody before took. */
  private final class Ends extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslCloseCompletionEvent) {
        visit.goodbye();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failed(context, cause);
    }
  }
}
