package io.doppelfleet.standin.load;

import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientRecords;
import io.doppelfleet.standin.client.FlightReader;
import io.doppelfleet.standin.client.ServerRecords;
import io.doppelfleet.standin.wire.Obfuscated2;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, of FakeTLS or of the bare stream within it. Lives on its event loop; what a held
 * one keeps are its two ciphers.
 */
public final class LoadConnection extends ChannelInboundHandlerAdapter {
  /** Longest payload of official clients' records. */
  private static final int RECORD_LENGTH = 2878;

  /** Not shorter than what a channel reads at once. */
  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[LoadClients.READ_LENGTH];
        }
      };

  private static final SplittableRandom SEEDS = new SplittableRandom();

  private static final byte[] NO_SECRET = {};

  private final int datacenter;
  private final Talk talk;
  private final ServerRecords stripper = new ServerRecords();
  private final boolean records;
  private @Nullable ClientHello hello;
  private @Nullable FlightReader flight;
  private @Nullable Obfuscated2 stream;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Throwable failure;

  /** With a hello to a proxy; without one to what relays a bare stream. */
  LoadConnection(@Nullable ClientHello hello, int datacenter, Talk talk) {
    this.hello = hello;
    this.records = hello != null;
    this.datacenter = datacenter;
    this.talk = talk;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    if (hello != null) {
      flight = new FlightReader(hello);
      context.writeAndFlush(context.alloc().buffer().writeBytes(hello.bytes()));
    } else {
      open(context, NO_SECRET);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    byte[] scratch = SCRATCH.get();
    int length = in.readableBytes();
    try {
      in.readBytes(scratch, 0, length);
    } finally {
      in.release();
    }
    if (stream != null) {
      int payload = records ? stripper.strip(scratch, 0, length) : length;
      stream.decrypt(scratch, 0, payload);
      talk.heard(this, scratch, payload);
    } else if (flight != null && hello != null && flight.feed(scratch, 0, length)) {
      open(context, hello.key());
      hello = null;
      flight = null;
    }
  }

  private void open(ChannelHandlerContext context, byte[] key) {
    Obfuscated2 opened =
        Obfuscated2.open(key, Obfuscated2.PADDED_INTERMEDIATE, datacenter, random());
    byte[] first = talk.opening();
    ByteBuf out = context.alloc().buffer();
    if (records) {
      out.writeBytes(ClientRecords.opening(opened, first));
    } else {
      opened.encrypt(first, 0, first.length);
      out.writeBytes(opened.header()).writeBytes(first);
    }
    stream = opened;
    context.writeAndFlush(out);
    talk.opened(this);
  }

  private static SplittableRandom random() {
    synchronized (SEEDS) {
      return SEEDS.split();
    }
  }

  /**
   * Says something; to a proxy, in records as long as official clients'.
   *
   * @param bytes which are overwritten
   */
  public void say(byte[] bytes, int length) {
    if (stream == null || context == null) {
      throw new IllegalStateException("the stream is not open");
    }
    stream.encrypt(bytes, 0, length);
    ByteBuf out = context.alloc().buffer(length + 5 * (1 + length / RECORD_LENGTH));
    if (records) {
      for (int at = 0; at < length; at += RECORD_LENGTH) {
        int part = Math.min(RECORD_LENGTH, length - at);
        out.writeByte(23).writeShort(0x0303).writeShort(part).writeBytes(bytes, at, part);
      }
    } else {
      out.writeBytes(bytes, 0, length);
    }
    context.writeAndFlush(out, context.voidPromise());
  }

  /** Reads from now on only when {@link #read} is called. */
  void readWhenTold() {
    if (context != null) {
      context.channel().config().setAutoRead(false);
    }
  }

  /** Reads once, {@link LoadClients#READ_LENGTH} bytes at most. */
  void read() {
    if (context != null) {
      context.read();
    }
  }

  /** Whether little enough waits to be sent. */
  public boolean isWritable() {
    return context != null && context.channel().isWritable();
  }

  /** Does something on the event loop. */
  public void execute(Runnable task) {
    if (context != null) {
      context.executor().execute(task);
    }
  }

  /** Does something on the event loop, later. */
  void after(long nanos, Runnable task) {
    if (context != null) {
      context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Closes in order. */
  public void close() {
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (stream != null && context.channel().isWritable()) {
      talk.writable(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (failure == null && stream == null) {
      failure = new IllegalStateException("the proxy closed before its flight was whole");
    }
    talk.closed(failure);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    context.close();
  }
}
