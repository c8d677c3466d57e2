package io.doppelfleet.proxy.site;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one channel and their answers, one after the other. A channel is a connection, or
 * under HTTP/2 a stream of one, which has one request.
 */
final class Exchanges extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);

  /** A longer body of a request is not waited for; nginx's client_max_body_size. */
  private static final long LONGEST_BODY = 1 << 20;

  /** After so many times as much as may wait unsent, others have a turn. */
  private static final int ROUNDS = 8;

  private final Replies replies;
  private final Visit visit;
  private final boolean stream;

  /** From a request's header to the last byte of it and of its answer. */
  private boolean open;

  private boolean answered;
  private boolean asked;
  private boolean keepAlive;

  /** More may come that nobody waits for. */
  private boolean more;

  private boolean pumping;
  private @Nullable FileBody body;

  /**
   * For a channel.
   *
   * @param stream whether it is one of several in a connection
   */
  Exchanges(Replies replies, Visit visit, boolean stream) {
    this.replies = replies;
    this.visit = visit;
    this.stream = stream;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpRequest request) {
        begin(context, request);
      }
      if (message instanceof HttpContent content && open) {
        visit.progressed();
        if (content.decoderResult().isFailure()) {
          keepAlive = false;
        }
        if (message instanceof LastHttpContent) {
          asked = true;
          endIfDone(context);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    open = true;
    answered = false;
    visit.began();
    Reply reply = replies.to(request);
    long length = bodyLength(request);
    asked = length == 0 && !stream;
    more = length > LONGEST_BODY || !reply.leavesOrder();
    keepAlive = HttpUtil.isKeepAlive(request) && !more;
    // Of a request that could not be read the version is of no account.
    HttpVersion spoken = keepAlive ? request.protocolVersion() : HttpVersion.HTTP_1_1;
    HttpUtil.setKeepAlive(reply.headers(), spoken, keepAlive);
    answer(context, reply, request.method().equals(HttpMethod.HEAD));
    if (!answered && !stream) {
      context.channel().config().setAutoRead(false); // the next request waits, in the kernel too
    }
  }

  /** Bytes; a great many where that is not said before. */
  private static long bodyLength(HttpRequest request) {
    try {
      return HttpUtil.isTransferEncodingChunked(request)
          ? Long.MAX_VALUE
          : HttpUtil.getContentLength(request, 0L);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private void answer(ChannelHandlerContext context, Reply reply, boolean headOnly) {
    FileBody file = reply.file();
    if (file == null || headOnly || file.isDone()) {
      close(file);
      ByteBuf text = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.text());
      context
          .writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1,
                  reply.status(),
                  text,
                  reply.headers(),
                  EmptyHttpHeaders.INSTANCE))
          .addListener(sent -> answered(context, sent));
    } else {
      body = file;
      context.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status(), reply.headers()));
      pump(context);
    }
  }

  /** Gives out of the file what may be on its way. */
  private void pump(ChannelHandlerContext context) {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      for (int round = 0; round < ROUNDS && body != null && writable(context); round++) {
        fill(context);
        context.flush();
      }
    } finally {
      pumping = false;
    }
    visit.progressed();
    if (body != null && writable(context)) {
      context.executor().execute(() -> pump(context));
    }
  }

  private static boolean writable(ChannelHandlerContext context) {
    return context.channel().isWritable();
  }

  private void fill(ChannelHandlerContext context) {
    FileBody file = body;
    while (file != null && writable(context)) {
      try {
        ByteBuf chunk = file.next(context.alloc());
        if (file.isDone()) {
          file = null;
          closeBody();
          context
              .write(new DefaultLastHttpContent(chunk))
              .addListener(sent -> answered(context, sent));
        } else {
          context.write(new DefaultHttpContent(chunk));
        }
      } catch (IOException e) {
        LOG.debug("an answer was cut: {}", e.getMessage());
        closeBody();
        context.close();
        return;
      }
    }
  }

  private void answered(ChannelHandlerContext context, Future<?> sent) {
    if (!sent.isSuccess()) {
      context.close();
      return;
    }
    answered = true;
    endIfDone(context);
    if (!stream) {
      context.channel().config().setAutoRead(true); // the next request may be there, and begins
    }
  }

  private void endIfDone(ChannelHandlerContext context) {
    if (!open || !answered) {
      return;
    }
    if (asked && (keepAlive || stream)) {
      open = false;
      visit.ended();
    } else if (stream && more) {
      open = false;
      visit.ended();
      context.close();
    } else if (!stream && more) {
      open = false;
      visit.linger();
    } else if (asked) {
      context.channel().close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (writable(context)) {
      pump(context);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closeBody();
    if (open) {
      open = false;
      visit.ended();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("a visit has ended: {}", cause.toString());
    context.close();
  }

  private void closeBody() {
    FileBody file = body;
    body = null;
    close(file);
  }

  private static void close(@Nullable FileBody file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.debug("closing a page: {}", e.getMessage());
    }
  }
}
