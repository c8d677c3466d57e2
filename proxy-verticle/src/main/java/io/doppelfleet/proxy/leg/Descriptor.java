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
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket's descriptor on an event loop, and the only object that has its number. Once it is
 * {@link #closed} it has none, so no call can reach the number's next owner. The kernel closes it
 * later, once: by a task that the loop runs after the batch of events in which it was closed here,
 * for Netty finds the receiver of an event by number, and until the batch is over the number must
 * not be another's.
 *
 * <p>It is no {@link Socket} of Netty's, for then whoever has a leg could use the number unasked,
 * and has none, which would be 24 bytes more: for what is seldom wanted one is made for the call.
 * It is a base of {@link DescriptorLeg}, and no part: an object of its own would be 16 bytes more
 * of each leg.
 */
abstract class Descriptor implements EpollIoHandle {
  private static final Logger LOG = LoggerFactory.getLogger(Descriptor.class);

  /** EPOLLHUP, see epoll_ctl(2): both ends are closed, or it failed. */
  private static final EpollIoOps HUP = EpollIoOps.valueOf(0x10);

  /** A number that no descriptor has. */
  private static final int NONE = -1;

  /** See socket(7) and tcp(7); the numbers are from Linux's headers. */
  private static final int IPPROTO_TCP = 6;

  private static final int SOL_SOCKET = 1;
  private static final int SO_ERROR = 4;
  private static final int TCP_MAXSEG = 2;
  private static final int TCP_KEEPIDLE = 4;
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

  /** {@link #NONE} once it is closed. */
  private int number;

  private boolean writesWatched;

  Descriptor(int number, Shed loop) {
    this.number = number;
    this.loop = loop;
  }

  /** The kernel's number of it, which is for one call at once; negative once it is closed. */
  final int number() {
    return number;
  }

  /**
   * Begins to hear events.
   *
   * @throws IOException where the loop or the kernel takes no more; the descriptor is closed
   */
  final void register() throws IOException {
    loop.add(number, this);
    var registered = loop.loop.register(this);
    try {
      if (!registered.isSuccess()) {
        throw new IOException("the event loop takes no connection", registered.cause());
      }
      registration = registered.getNow();
      registered.getNow().submit(writesWatched ? READS_AND_WRITES : READS);
    } catch (IOException | UncheckedIOException e) {
      close();
      throw new IOException("a connection can't be watched: " + e.getMessage(), e);
    }
  }

  /** From now on it is heard, too, when the kernel takes bytes; at once if it does already. */
  final void watchWrites() {
    if (!writesWatched) {
      writesWatched = true;
      if (registration != null) {
        registration.submit(READS_AND_WRITES);
      }
    }
  }

  /** As {@link Kernel#receive(int, long, int)}. */
  final int receive(long address, int most) {
    return closed() ? Kernel.FAILED : loop.kernel.receive(number, address, most);
  }

  /** As {@link Kernel#receive(int, HeapRoom, int)}. */
  final int receive(HeapRoom room, int most) {
    return closed() ? Kernel.FAILED : loop.kernel.receive(number, room, most);
  }

  /** As {@link Kernel#room}. */
  final int kernelsRoom() {
    return closed() ? 0 : loop.kernel.room(number, Legs.NOT_SENT);
  }

  /** Sends the loop's pieces, and says how many of their bytes left. */
  final int sendPieces() throws IOException {
    Gather pieces = loop.gather;
    HeapRoom room = pieces.room();
    if (closed() || pieces.bytes() == 0) {
      return 0;
    }
    if (room != null) {
      return sent(loop.kernel.send(number, room, pieces.bytes()));
    }
    return pieces.count() == 1
        ? send(pieces.last(), pieces.bytes())
        : sent(loop.kernel.writev(number, pieces.address(), pieces.count()));
  }

  /** Sends so many bytes, and says how many left. */
  final int send(long address, int length) throws IOException {
    return closed() ? 0 : sent(loop.kernel.send(number, address, length));
  }

  private static int sent(int result) throws IOException {
    if (result == Kernel.FAILED) {
      throw new IOException("the connection failed");
    }
    return Math.max(0, result);
  }

  /** Payload bytes of a full TCP segment, as far as this end knows; 0 where it does not. */
  public final int segment() {
    return closed() ? 0 : Math.max(0, loop.kernel.option(number, IPPROTO_TCP, TCP_MAXSEG));
  }

  /** Acknowledges what has come at once. */
  public final void acknowledge() {
    set("acknowledging", socket -> socket.setIntOpt(IPPROTO_TCP, TCP_QUICKACK, 1));
  }

  /** Whether the socket has an error to tell, which this takes away. */
  final boolean hasError() {
    return !closed() && loop.kernel.option(number, SOL_SOCKET, SO_ERROR) != 0;
  }

  /**
   * Has the kernel ask the far end, once nothing has come from it for so many seconds, whether it
   * is still there, and again as often. A reset, or no answer at all, is a failure.
   */
  public final void askAfter(int seconds) {
    set(
        "asking",
        socket -> {
          socket.setKeepAlive(true);
          socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
          socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, seconds);
        });
  }

  /** Half-closes: the far end reads an end of stream. */
  final void shutDown() throws IOException {
    if (!closed() && !loop.kernel.shutDown(number)) {
      throw new IOException("the connection failed");
    }
  }

  /** Our own address and port; null once it is closed, or where it was reset. */
  public final @Nullable InetSocketAddress localAddress() {
    return closed() ? null : new Socket(number).localAddress();
  }

  private interface Setting {
    void of(Socket socket) throws IOException;
  }

  /** Where it can't be set the connection has failed, which its next call will say. */
  private void set(String what, Setting setting) {
    if (closed()) {
      return;
    }
    try {
      setting.of(new Socket(number));
    } catch (IOException e) {
      LOG.debug("{}: {}", what, e.toString());
    }
  }

  /** Closes at once, as far as anybody here can see. */
  @Override
  public void close() {
    if (closed()) {
      return;
    }
    if (registration != null) {
      registration.cancel();
    }
    int last = number;
    number = NONE;
    loop.loop.execute(() -> closeInKernel(last));
  }

  private void closeInKernel(int last) {
    loop.remove(last);
    try {
      new FileDescriptor(last).close();
    } catch (IOException e) {
      LOG.debug("closing: {}", e.toString());
    }
    if (onClose != null) {
      onClose.run();
    }
  }

  /** Closes with a reset (RST). */
  public void reset() {
    set("resetting", socket -> socket.setSoLinger(0));
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
    return number == NONE;
  }

  /** For Netty's loop, which asks while it is registered, and for its number alone. */
  @Override
  public final FileDescriptor fd() {
    return new FileDescriptor(number);
  }

  /** Netty's loop stops for a second when an exception reaches it: none of ours may. */
  @Override
  public final void handle(IoRegistration from, IoEvent event) {
    if (closed()) {
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
    loop.loop.execute(() -> guard(work));
  }

  /** Works for it unless it is over: a fault of the work ends it. */
  public final void guard(Runnable work) {
    try {
      if (!closed()) {
        work.run();
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      fault(e);
    }
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
