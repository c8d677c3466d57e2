package io.doppelfleet.proxy.probe;

import static io.doppelfleet.proxy.record.Records.APPLICATION_DATA;
import static io.doppelfleet.proxy.record.Records.CHANGE_CIPHER_SPEC;
import static io.doppelfleet.proxy.record.Records.HANDSHAKE;

import io.doppelfleet.fleet.NodeHealth.Failure;
import io.doppelfleet.proxy.datacenter.PqQuestion;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.record.IllegalRecordException;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.record.Records;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to ourselves, as a client makes it: hello, flight, stream, question, answer. On
 * one event loop. It ends once, and closes its channel.
 */
final class Attempt extends ChannelInboundHandlerAdapter {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration FLIGHT = Duration.ofSeconds(10);

  /** Where an answer is none: until the connection's end says whose it was. */
  private static final Duration END = Duration.ofSeconds(1);

  private static final int[] FLIGHT_RECORDS = {HANDSHAKE, CHANGE_CIPHER_SPEC, APPLICATION_DATA};

  /** More than any flight of ours, bytes. */
  private static final int LONGEST_FLIGHT = 32 * 1024;

  private final Errand errand;
  private final EventLoop loop;
  private final Promise<Long> result = Promise.promise();
  private final Promise<Void> closed = Promise.promise();
  private final RecordReader records = new RecordReader(true);
  private final byte[] heard = new byte[PqQuestion.LENGTH_BYTES + PqQuestion.LONGEST_ANSWER];
  private ByteBuf flight = Unpooled.buffer(2048, LONGEST_FLIGHT);
  private int have;
  private long begun;
  private boolean greeted;
  private @Nullable Channel channel;
  private @Nullable ScheduledFuture<?> patience;

  /** Until then what is wrong is this. */
  private Failure stage = Failure.LISTENER;

  /** Why an attempt failed. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Failure why;

    FailedException(Failure why) {
      super(why.words(), null, false, false);
      this.why = why;
    }

    Failure why() {
      return why;
    }
  }

  /** One that has yet to go. */
  Attempt(Errand errand, EventLoop loop) {
    this.errand = errand;
    this.loop = loop;
  }

  /** Nanoseconds from the connection's first step to the answer, or a {@link FailedException}. */
  Future<Long> result() {
    return result.future();
  }

  /**
   * Connects from an address that is known as ours before the listener can see it.
   *
   * @param bootstrap of the event loop that this is called on, without a handler
   */
  void go(Bootstrap bootstrap, OwnConnections ours) {
    begun = System.nanoTime();
    wait(CONNECT, Failure.LISTENER);
    ChannelFuture registered = bootstrap.clone().handler(this).register();
    // Where no socket could be made another thread says so.
    registered.addListener(done -> loop.execute(() -> bind(registered, ours)));
  }

  private void bind(ChannelFuture registered, OwnConnections ours) {
    if (!registered.isSuccess()) {
      closed.complete();
      fail(Failure.LISTENER);
      return;
    }
    Channel opened = registered.channel();
    channel = opened;
    opened.closeFuture().addListener(gone -> closed.complete());
    opened
        .bind(new InetSocketAddress(errand.listener().getAddress(), 0))
        .addListener(bound -> connect(opened, bound.isSuccess(), ours));
  }

  private void connect(Channel opened, boolean isBound, OwnConnections ours) {
    if (!isBound || result.future().isComplete()) {
      fail(Failure.LISTENER);
      return;
    }
    SocketAddress local = opened.localAddress();
    ours.begin(local);
    opened.closeFuture().addListener(gone -> ours.end(local));
    opened
        .connect(errand.listener())
        .addListener(
            connected -> {
              if (connected.isSuccess()) {
                wait(FLIGHT, Failure.SILENT);
                opened.writeAndFlush(
                    Unpooled.wrappedBuffer(errand.beginning(), errand.hello().bytes()));
              } else {
                fail(Failure.LISTENER);
              }
            });
  }

  /** Nobody wants to know any more; done when nothing of it is open. */
  Future<Void> end() {
    fail(stage);
    return closed.future();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (result.future().isComplete()) {
        return;
      }
      if (greeted) {
        hear(bytes);
      } else {
        greet(bytes);
      }
    } finally {
      bytes.release();
    }
  }

  private void greet(ByteBuf bytes) {
    if (bytes.readableBytes() > flight.maxWritableBytes()) {
      fail(Failure.STRANGER);
      return;
    }
    flight.writeBytes(bytes);
    int length = flightLength(flight);
    if (length == 0) {
      return;
    }
    if (length < 0) {
      fail(Failure.STRANGER);
      return;
    }
    byte[] whole = new byte[length];
    flight.readBytes(whole);
    if (!errand.hello().isAnsweredBy(whole)) {
      fail(Failure.STRANGER);
      return;
    }
    greeted = true;
    ask();
    hear(flight);
    flight = Unpooled.EMPTY_BUFFER;
  }

  /** The bytes of a flight of these; 0: more is to come; -1: they are none. */
  private static int flightLength(ByteBuf bytes) {
    int at = 0;
    for (int type : FLIGHT_RECORDS) {
      if (bytes.readableBytes() > at && bytes.getUnsignedByte(at) != type) {
        return -1;
      }
      if (bytes.readableBytes() < at + Records.HEADER_LENGTH) {
        return 0;
      }
      at += Records.HEADER_LENGTH + bytes.getUnsignedShort(at + 3);
    }
    return bytes.readableBytes() < at ? 0 : at;
  }

  private void ask() {
    wait(errand.answer(), Failure.LATE);
    byte[] header = errand.stream().header();
    byte[] frame = errand.question().frame();
    errand.stream().encrypt(frame);
    ByteBuf out = Unpooled.buffer();
    out.writeByte(CHANGE_CIPHER_SPEC).writeShort(0x0303).writeShort(1).writeByte(1);
    Records.writeHeader(out, header.length + frame.length);
    if (channel != null) {
      channel.writeAndFlush(out.writeBytes(header).writeBytes(frame));
    }
  }

  private void hear(ByteBuf bytes) {
    try {
      int end = records.read(bytes, heard, have, heard.length);
      errand.stream().decrypt(heard, have, end - have);
      have = end;
    } catch (IllegalRecordException e) {
      fail(Failure.STRANGER);
      return;
    }
    if (have < PqQuestion.LENGTH_BYTES || stage == Failure.GARBAGE) {
      return;
    }
    int length = PqQuestion.length(heard);
    if (length > 0 && have < PqQuestion.LENGTH_BYTES + length) {
      return;
    }
    byte[] answer = new byte[Math.max(0, length)];
    System.arraycopy(heard, PqQuestion.LENGTH_BYTES, answer, 0, answer.length);
    if (errand.question().isAnsweredBy(answer)) {
      result.tryComplete(System.nanoTime() - begun);
      over();
    } else {
      wait(END, Failure.GARBAGE); // or it is the node's goodbye, which is random
    }
  }

  /** It is closed, or half-closed, by the other end. */
  private void ended() {
    if (!greeted) {
      fail(Failure.STRANGER);
    } else {
      fail(have == Records.ALERT_PAYLOAD ? Failure.UNREACHED : Failure.GARBAGE);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (stage != Failure.LISTENER) {
      ended();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /** What comes next has so long; who lets it pass fails by this. */
  private void wait(Duration time, Failure otherwise) {
    if (!result.future().isComplete()) {
      stop();
      stage = otherwise;
      patience = loop.schedule(() -> fail(otherwise), time.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void fail(Failure why) {
    result.tryFail(new FailedException(why));
    over();
  }

  private void over() {
    stop();
    if (channel != null) {
      channel.close();
    }
  }

  private void stop() {
    if (patience != null) {
      patience.cancel(false);
    }
  }
}
