package io.doppelfleet.proxy.leg;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The two system calls that Netty has no method for: recv(2) with flags, and fcntl(2) to duplicate
 * a descriptor. For 64-bit Linux, as is Netty's epoll; the constants are from its headers. One for
 * each event loop.
 */
@SuppressWarnings("restricted") // two calls, whose types are those of their manual pages
final class Kernel {
  /** Nothing has come that was not taken. */
  static final int NOTHING = -1;

  /** The connection failed. */
  static final int FAILED = -2;

  private static final int MSG_PEEK = 0x02;

  /** For TCP: take away without copying, see tcp(7). */
  private static final int MSG_TRUNC = 0x20;

  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle CAPTURED =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle RECV =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("recv"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT),
          ERRNO);
  private static final MethodHandle FCNTL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("fcntl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));

  private final MemorySegment errno = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

  /**
   * Copies what has come, and leaves it there.
   *
   * @param address of memory for so many bytes
   * @return how many; 0 at the end of the stream, {@link #NOTHING} or {@link #FAILED}
   */
  int peek(FileDescriptor socket, long address, int most) {
    return receive(socket, address, most, MSG_PEEK);
  }

  /** Moves what has come; otherwise as {@link #peek}. */
  int take(FileDescriptor socket, long address, int most) {
    return receive(socket, address, most, 0);
  }

  /** Takes away bytes that {@link #peek} showed; otherwise as that. */
  int discard(FileDescriptor socket, int bytes) {
    return receive(socket, 0, bytes, MSG_TRUNC);
  }

  private int receive(FileDescriptor socket, long address, int most, int flags) {
    while (true) {
      long result;
      try {
        result = (long) RECV.invokeExact(errno, socket.intValue(), address, (long) most, flags);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      if (result >= 0) {
        return (int) result;
      }
      switch ((int) CAPTURED.get(errno, 0L)) {
        case EINTR -> {}
        case EAGAIN -> {
          return NOTHING;
        }
        default -> {
          return FAILED;
        }
      }
    }
  }

  /**
   * Another descriptor of the same socket, which outlives the first.
   *
   * @throws IOException where the process may have no more descriptors
   */
  int duplicate(FileDescriptor socket) throws IOException {
    int result;
    try {
      result = (int) FCNTL.invokeExact(errno, socket.intValue(), F_DUPFD_CLOEXEC, 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (result < 0) {
      throw new IOException("no descriptor is left, errno " + (int) CAPTURED.get(errno, 0L));
    }
    return result;
  }
}
