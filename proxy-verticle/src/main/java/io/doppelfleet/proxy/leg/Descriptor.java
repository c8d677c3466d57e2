package io.doppelfleet.proxy.leg;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket's descriptor on an event loop, and the only object that uses its number. Once it is
 * {@link #closed} no call reaches the kernel any more. The kernel closes it later, once, as Netty's
 * {@link FileDescriptor} sees to: by a task that the loop runs after the batch of events in which
 * it was closed here, for Netty finds the receiver of an event by number, and until the batch is
 * over the number must not be another's.
 */
abstract class Descriptor extends Socket implements EpollIoHandle {
  private static final Logger LOG = LoggerFactory.getLogger(Descriptor.class);

  /** EPOLLHUP, see epoll_ctl(2): both ends are closed, or it failed. */
  private static final EpollIoOps HUP = EpollIoOps.valueOf(0x10);

  /** See tcp(7); the numbers are from Linux's headers. */
  static final int IPPROTO_TCP = 6;

  private static final int TCP_MAXSEG = 2;
  static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_QUICKACK = 12;

  static final EpollIoOps FAILS = EpollIoOps.EPOLLERR.with(HUP);
  static final EpollIoOps ENDS = EpollIoOps.EPOLLRDHUP.with(FAILS);
  static final EpollIoOps COMES = EpollIoOps.EPOLLIN.with(ENDS);

  private static final EpollIoOps READS =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

  private static final EpollIoOps READS_AND_WRITES = READS.with(EpollIoOps.EPOLLOUT);

  final Shed loop;
  private @Nullable IoRegistration registration;
  private @Nullable Runnable onClose;
  private boolean writesWatched;
  private boolean closed;

  Descriptor(int descriptor, Shed loop) {
    super(descriptor);
    this.loop = loop;
  }

  /**
   * Begins to hear events.
   *
   * @throws IOException where the loop or the kernel takes no more; the descriptor is closed
   */
  final void register() throws IOException {
    loop.add(this);
    var registered = loop.loop.register(this);
    try {
      if (!registered.isSuccess()) {
        throw new IOException("the event loop takes no connection", registered.cause());
      }
      registration = registered.getNow();
      registered.getNow().submit(READS);
    } catch (IOException | UncheckedIOException e) {
      close();
      throw new IOException("a connection can't be watched: " + e.getMessage(), e);
    }
  }

  /** From now on it is heard, too, when the kernel takes bytes; at once if it does already. */
  final void watchWrites() {
    if (!writesWatched && registration != null) {
      writesWatched = true;
      registration.submit(READS_AND_WRITES);
    }
  }

  /** As {@link Kernel#receive(FileDescriptor, long, int)}. */
  final int receive(long address, int most) {
    return closed ? Kernel.FAILED : loop.kernel.receive(this, address, most);
  }

  /** As {@link Kernel#receive(FileDescriptor, HeapRoom, int)}. */
  final int receive(HeapRoom room, int most) {
    return closed ? Kernel.FAILED : loop.kernel.receive(this, room, most);
  }

  /** As {@link Kernel#room}. */
  final int kernelsRoom() {
    return closed ? 0 : loop.kernel.room(this, Legs.NOT_SENT);
  }

  /** Sends the loop's pieces, and says how many of their bytes left. */
  final int sendPieces() throws IOException {
    Gather pieces = loop.gather;
    HeapRoom room = pieces.room();
    if (closed || pieces.bytes() == 0) {
      return 0;
    }
    if (room == null) {
      return pieces.count() == 1
          ? send(pieces.last(), 0, pieces.bytes())
          : (int) writevAddresses(pieces.address(), pieces.count());
    }
    int sent = loop.kernel.send(this, room, pieces.bytes());
    if (sent == Kernel.FAILED) {
      throw new IOException("the connection failed");
    }
    return Math.max(0, sent);
  }

  /** Sends what lies from one address to another, and says how many bytes left. */
  final int send(long address, int from, int to) throws IOException {
    return closed ? 0 : writeAddress(address, from, to);
  }

  /** Payload bytes of a full TCP segment, as far as this end knows; 0 where it does not. */
  public final int segment() {
    try {
      return closed ? 0 : getIntOpt(IPPROTO_TCP, TCP_MAXSEG);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Acknowledges what has come at once. */
  public final void acknowledge() {
    try {
      if (!closed) {
        setIntOpt(IPPROTO_TCP, TCP_QUICKACK, 1);
      }
    } catch (IOException e) {
      LOG.debug("acknowledging: {}", e.toString());
    }
  }

  /** Whether the socket has an error to tell, which this takes away. */
  final boolean hasError() {
    try {
      return !closed && getSoError() != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Has the kernel ask the far end, once nothing has come from it for so many seconds, whether it
   * is still there, and again as often. A reset, or no answer at all, is a failure.
   */
  public final void askAfter(int seconds) {
    if (closed) {
      return;
    }
    try {
      setKeepAlive(true);
      setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
      setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, seconds);
    } catch (IOException e) {
      LOG.debug("asking: {}", e.toString());
    }
  }

  /** Closes at once, as far as anybody here can see. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (registration != null) {
      registration.cancel();
    }
    loop.loop.execute(this::closeInKernel);
  }

  private void closeInKernel() {
    loop.remove(this);
    try {
      super.close();
    } catch (IOException e) {
      LOG.debug("closing: {}", e.toString());
    }
    if (onClose != null) {
      onClose.run();
    }
  }

  /** Closes with a reset (RST). */
  public void reset() {
    if (closed) {
      return;
    }
    try {
      setSoLinger(0);
    } catch (IOException e) {
      LOG.debug("resetting: {}", e.toString());
    }
    close();
  }

  /** Runs once the kernel has closed it; several run in the order they were given. */
  public void onClose(Runnable action) {
    Runnable first = onClose;
    onClose =
        first == null
            ? action
            : () -> {
              first.run();
              action.run();
            };
  }

  /** Whether it is over. */
  public boolean closed() {
    return closed;
  }

  @Override
  public final FileDescriptor fd() {
    return this;
  }

  /** Netty's loop stops for a second when an exception reaches it: none of ours may. */
  @Override
  public final void handle(IoRegistration from, IoEvent event) {
    if (closed) {
      return;
    }
    try {
      happened(((EpollIoEvent) event).ops());
    } catch (RuntimeException | OutOfMemoryError e) {
      fault(e);
    }
  }

  /** Runs on the loop, later than now, unless it is over by then. */
  final void later(Runnable work) {
    loop.loop.execute(
        () -> {
          try {
            if (!closed) {
              work.run();
            }
          } catch (RuntimeException | OutOfMemoryError e) {
            fault(e);
          }
        });
  }

  private void fault(Throwable e) {
    LOG.error("a connection was closed by a fault of ours", e);
    gone();
  }

  /** Events came; they are hints. */
  abstract void happened(EpollIoOps events);

  /** It ends now, and whoever has it is told. */
  abstract void gone();

  @Override
  public final void registered() {}

  @Override
  public final void unregistered() {}
}
