package io.doppelfleet.proxy.leg;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The system calls that move bytes: recv(2), send(2) and writev(2) that say by a number, not by an
 * exception, that a connection failed, and know arrays on the heap. And those that Netty has no
 * method for: what a socket has room for, its options and its half-close without a {@code Socket},
 * for which Netty asks the kernel what family it is of, and fcntl(2) to duplicate a descriptor. For
 * 64-bit Linux, as is Netty's epoll; the constants are from its headers. One for each event loop.
 */
@SuppressWarnings("restricted") // a few calls, whose types are those of their manual pages
final class Kernel {
  /** Nothing is there, or nothing is taken, for now. */
  static final int NOTHING = -1;

  /** The connection failed. */
  static final int FAILED = -2;

  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_MEMINFO = 55;

  /** Of SO_MEMINFO's numbers: the bound of what waits to be sent, with all that it costs. */
  private static final int SNDBUF = 3;

  /** Of SO_MEMINFO's numbers: what waits to be sent, or to be acknowledged. */
  private static final int WMEM_QUEUED = 5;

  private static final int MEMINFO_NUMBERS = 9;
  private static final int SHUT_WR = 1;
  private static final long SIOCOUTQNSD = 0x894B;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final VarHandle CAPTURED =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  /** The array stays where it is meanwhile; the call never blocks, so a collection hardly waits. */
  private static final Linker.Option ON_THE_HEAP = Linker.Option.critical(true);

  private static final MethodHandle RECV =
      handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV_ARRAY =
      handle(
          "recv",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          ON_THE_HEAP);
  private static final MethodHandle SEND =
      handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle WRITEV =
      handle("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SEND_ARRAY =
      handle(
          "send",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          ON_THE_HEAP);
  private static final MethodHandle FCNTL =
      handle(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SHUTDOWN =
      handle("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      handle(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  private final MemorySegment errno = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
  private final MemorySegment numbers = Arena.ofAuto().allocate(JAVA_INT, MEMINFO_NUMBERS);
  private final MemorySegment length = Arena.ofAuto().allocate(JAVA_INT);

  private static MethodHandle handle(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = ERRNO;
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
  }

  /**
   * Moves what has come.
   *
   * @param address of memory for so many bytes
   * @return how many; 0 at the end of the stream, {@link #NOTHING} or {@link #FAILED}
   */
  int receive(int socket, long address, int most) {
    try {
      long result;
      do {
        result = (long) RECV.invokeExact(errno, socket, address, (long) most, 0);
      } while (interrupted(result));
      return result(result);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #receive(int, long, int)}, to the array's beginning. */
  int receive(int socket, HeapRoom room, int most) {
    try {
      long result;
      do {
        result = (long) RECV_ARRAY.invokeExact(errno, socket, room.segment, (long) most, 0);
      } while (interrupted(result));
      return result(result);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sends bytes.
   *
   * @param address of memory with so many of them
   * @return how many were taken, {@link #NOTHING} or {@link #FAILED}
   */
  int send(int socket, long address, int bytes) {
    try {
      long result;
      do {
        result = (long) SEND.invokeExact(errno, socket, address, (long) bytes, MSG_NOSIGNAL);
      } while (interrupted(result));
      return result(result);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sends what a list of pieces names. The virtual machine ignores the signal that writev(2), which
   * takes no flags, raises where the connection has failed.
   *
   * @param list address of so many struct iovec
   * @return how many bytes were taken, {@link #NOTHING} or {@link #FAILED}
   */
  int writev(int socket, long list, int count) {
    try {
      long result;
      do {
        result = (long) WRITEV.invokeExact(errno, socket, list, count);
      } while (interrupted(result));
      return result(result);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #send(int, long, int)}, of the array's beginning. */
  int send(int socket, HeapRoom room, int bytes) {
    try {
      long result;
      do {
        result =
            (long) SEND_ARRAY.invokeExact(errno, socket, room.segment, (long) bytes, MSG_NOSIGNAL);
      } while (interrupted(result));
      return result(result);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean interrupted(long result) {
    return result < 0 && (int) CAPTURED.get(errno, 0L) == EINTR;
  }

  private int result(long result) {
    if (result >= 0) {
      return (int) result;
    }
    return (int) CAPTURED.get(errno, 0L) == EAGAIN ? NOTHING : FAILED;
  }

  /** Half-closes; false where the connection failed. */
  boolean shutDown(int socket) {
    try {
      return (int) SHUTDOWN.invokeExact(errno, socket, SHUT_WR) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * How many bytes it takes in one write, by its own word, or fewer: what is queued counts with the
   * kernel's own structures, so a quarter of the room is left to them.
   *
   * @param notSent TCP_NOTSENT_LOWAT of the socket, bytes
   */
  int room(int socket, int notSent) {
    try {
      length.set(JAVA_INT, 0, MEMINFO_NUMBERS * Integer.BYTES);
      int told =
          (int) GETSOCKOPT.invokeExact(errno, socket, SOL_SOCKET, SO_MEMINFO, numbers, length);
      int free = numbers.getAtIndex(JAVA_INT, SNDBUF) - numbers.getAtIndex(JAVA_INT, WMEM_QUEUED);
      told |= (int) IOCTL.invokeExact(errno, socket, SIOCOUTQNSD, length);
      int waiting = length.get(JAVA_INT, 0);
      return told < 0 ? 0 : Math.max(0, Math.min(free - free / 4, notSent - waiting));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** An option that is a number, or {@link #FAILED}. */
  int option(int socket, int level, int name) {
    try {
      length.set(JAVA_INT, 0, Integer.BYTES);
      int told = (int) GETSOCKOPT.invokeExact(errno, socket, level, name, numbers, length);
      return told < 0 ? FAILED : numbers.getAtIndex(JAVA_INT, 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Another descriptor of the same socket, which outlives the first.
   *
   * @throws IOException where the process may have no more descriptors
   */
  int duplicate(int socket) throws IOException {
    int result;
    try {
      result = (int) FCNTL.invokeExact(errno, socket, F_DUPFD_CLOEXEC, 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (result < 0) {
      throw new IOException("no descriptor is left, errno " + (int) CAPTURED.get(errno, 0L));
    }
    return result;
  }
}
