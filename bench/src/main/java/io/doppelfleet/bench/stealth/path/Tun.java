package io.doppelfleet.bench.stealth.path;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** A TUN device (Linux, {@code Documentation/networking/tuntap.rst}): packets as a file. */
final class Tun implements AutoCloseable {
  /** Room for a packet. */
  static final int PACKET = 2048;

  static final String DEVICE = "/dev/net/tun";
  private static final int READ_WRITE = 2;
  private static final long TUNSETIFF = 0x400454caL;

  /** {@code IFF_TUN | IFF_NO_PI}: IP packets without a header before them. */
  private static final short PLAIN_PACKETS = 0x1001;

  private static final int NAME_LENGTH = 16;
  private static final int REQUEST_LENGTH = 40;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          2);
  private static final MethodHandle IOCTL =
      call(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          2);
  private static final MethodHandle READ = call("read", transfer(), 3);
  private static final MethodHandle WRITE = call("write", transfer(), 3);
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), 1);

  private final int descriptor;

  private Tun(int descriptor) {
    this.descriptor = descriptor;
  }

  private static FunctionDescriptor transfer() {
    return FunctionDescriptor.of(
        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  }

  @SuppressWarnings("restricted") // its callers are in this class
  private static MethodHandle call(String name, FunctionDescriptor descriptor, int fixed) {
    Linker.Option state = Linker.Option.captureCallState("errno");
    MemorySegment address = LINKER.defaultLookup().findOrThrow(name);
    return fixed == descriptor.argumentLayouts().size()
        ? LINKER.downcallHandle(address, descriptor, state)
        : LINKER.downcallHandle(address, descriptor, state, Linker.Option.firstVariadicArg(fixed));
  }

  /**
   * Makes a device, which lives as long as this.
   *
   * @param name at most 15 characters
   * @throws IOException where this process may not
   */
  static Tun make(String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(DEVICE), READ_WRITE);
      if (descriptor < 0) {
        throw new IOException(DEVICE + " can't be opened: errno " + (int) ERRNO.get(state, 0L));
      }
      MemorySegment request = arena.allocate(REQUEST_LENGTH);
      request.setString(0, name);
      request.set(ValueLayout.JAVA_SHORT, NAME_LENGTH, PLAIN_PACKETS);
      int made = (int) IOCTL.invokeExact(state, descriptor, TUNSETIFF, request);
      Tun tun = new Tun(descriptor);
      if (made < 0) {
        tun.close();
        throw new IOException(name + " can't be made: errno " + (int) ERRNO.get(state, 0L));
      }
      return tun;
    } catch (Throwable e) {
      throw wrapped(e);
    }
  }

  /** Reads a packet, waiting for one. */
  int read(MemorySegment into, MemorySegment state) throws IOException {
    try {
      return checked(
          "read", (long) READ.invokeExact(state, descriptor, into, into.byteSize()), state);
    } catch (Throwable e) {
      throw wrapped(e);
    }
  }

  /** Writes a packet. */
  void write(MemorySegment packet, MemorySegment state) throws IOException {
    try {
      checked(
          "write", (long) WRITE.invokeExact(state, descriptor, packet, packet.byteSize()), state);
    } catch (Throwable e) {
      throw wrapped(e);
    }
  }

  /** Where {@link #read} and {@link #write} leave the error. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  private static int checked(String what, long result, MemorySegment state) throws IOException {
    if (result < 0) {
      throw new IOException(what + " of a TUN device: errno " + (int) ERRNO.get(state, 0L));
    }
    return (int) result;
  }

  private static IOException wrapped(Throwable e) {
    return switch (e) {
      case IOException io -> io;
      case RuntimeException runtime -> throw runtime;
      case Error error -> throw error;
      default -> new IOException(e);
    };
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(state(arena), descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
