package io.doppelfleet.proxy.leg;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Opens legs of one event loop, and makes channels legs. Where the loop runs on epoll, a leg is
 * opened as a bare descriptor, and a channel is shed: its socket goes on under another descriptor
 * with one small object of ours, and what reading and writing need belongs to the loop. That costs
 * a fraction of a channel's memory, and it reads when we say: Netty's epoll channels read on to the
 * end once the far end has half-closed.
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

  private static final String STOPPED = "the node has stopped";

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

  /** Whether that was done; never where legs are channels, which end with Vert.x. */
  public boolean released() {
    return shed != null && shed.released;
  }

  /** Whether its legs are opened without a channel. */
  public boolean opens() {
    return shed != null;
  }

  /**
   * Opens a leg, of a loop that {@link #opens} them. Until it is connected it is as one whose
   * kernel takes nothing: the handler hears that it has {@link LegHandler#drained}, or is {@link
   * LegHandler#gone}.
   *
   * @param from null: as the system chooses
   * @param mark of the connection, see {@link SocketMark}; 0: none
   * @throws IOException where it is known at once that it can't be connected, or the process has no
   *     descriptor left
   */
  public Leg open(
      InetSocketAddress to, @Nullable InetSocketAddress from, int mark, LegHandler handler)
      throws IOException {
    if (shed == null || shed.released) {
      throw new IOException(shed == null ? "it takes a channel" : STOPPED);
    }
    return DescriptorLeg.opening(Connecting.begin(to, from, mark), shed, handler);
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
        throw new IOException(shed.released ? STOPPED : "its end was there first");
      }
      return DescriptorLeg.own(
          shed.kernel.duplicate(((UnixChannel) channel).fd().intValue()), shed, handler);
    } finally {
      channel.close();
    }
  }
}
