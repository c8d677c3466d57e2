package io.doppelfleet.proxy.leg;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels of one event loop legs. Where the loop runs on epoll, the channel is shed: its
 * socket goes on under another descriptor with one small object of ours, and what reading and
 * writing need belongs to the loop. That costs a fraction of a channel's memory, and it reads when
 * we say: Netty's epoll channels read on to the end once the far end has half-closed.
 */
public final class Legs {
  /**
   * The longest chunk that is moved at once, bytes. All of it may wait where the kernel takes
   * nothing, by default, so that the kernel need not be asked how much it takes; and it stays in
   * the processor's cache, also where AES passes over it twice.
   */
  public static final int CHUNK = 56 * 1024;

  /**
   * Bytes that the kernel takes from us before the network took them (TCP_NOTSENT_LOWAT). Without a
   * bound 500 readers at 64 KB/s made it hold 449 MB that we had sent, with this one 84 MB, at the
   * same processor time. 16 KiB made it 22 MB, but is less than one read of a fast flow.
   */
  public static final int NOT_SENT = 128 * 1024;

  private final EventLoop loop;
  private final LoopBytes bytes;
  private final @Nullable Shed shed;

  /** For an event loop, on whose thread all calls come. */
  public Legs(EventLoop loop, LoopBytes bytes) {
    this.loop = loop;
    this.bytes = bytes;
    this.shed =
        loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class)
            ? new Shed(io, bytes)
            : null;
  }

  /** The event loop. */
  public EventLoop loop() {
    return loop;
  }

  /** Closes the legs that are left, and gives the loop's own memory back. */
  public void release() {
    if (shed != null) {
      shed.release();
    }
  }

  /**
   * Makes a channel a leg, before its first read.
   *
   * @param before the name of the handler to stand before, or empty to be the last
   * @throws IOException where the process has no descriptor left; the channel is closed
   */
  public Leg take(Channel channel, String before, LegHandler handler) throws IOException {
    if (shed == null) {
      return ChannelLeg.take(channel, before, bytes, handler);
    }
    channel.config().setOption(ChannelOption.AUTO_READ, false);
    try {
      if (shed.released || !channel.isOpen()) {
        throw new IOException(shed.released ? "the node has stopped" : "its end was there first");
      }
      return DescriptorLeg.own(
          shed.kernel.duplicate(((UnixChannel) channel).fd().intValue()), shed, handler);
    } finally {
      channel.close();
    }
  }
}
