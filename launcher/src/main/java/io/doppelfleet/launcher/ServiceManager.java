package io.doppelfleet.launcher;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, or whatever else started this process and set NOTIFY_SOCKET, how far it is: one
 * datagram a word, as sd_notify(3) has it. Where nobody wants to know, nothing is done. Never
 * fails: what a manager doesn't hear it waits for.
 */
final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  private final @Nullable String socket;

  /** With what is at this path; one that begins with "@" is no file; null or empty: nobody. */
  ServiceManager(@Nullable String socket) {
    this.socket = socket == null || socket.isEmpty() ? null : socket;
  }

  /** Who started this process. */
  static ServiceManager ofEnvironment() {
    return new ServiceManager(System.getenv("NOTIFY_SOCKET"));
  }

  /** All that was started serves. */
  void ready(String status) {
    tell("READY=1\nSTATUS=" + line(status));
  }

  /** It goes on as before, and this is what people should know. */
  void status(String status) {
    tell("STATUS=" + line(status));
  }

  /** It ends, within this time. */
  void stopping(String status, Duration longest) {
    tell(
        "STOPPING=1\nSTATUS=" + line(status) + "\nEXTEND_TIMEOUT_USEC=" + longest.toNanos() / 1000);
  }

  private static String line(String text) {
    return text.replace('\n', ' ');
  }

  private void tell(String message) {
    if (socket != null) {
      String failure;
      try {
        failure = Datagram.send(socket, message);
      } catch (IllegalStateException | LinkageError e) { // a system without these calls
        failure = e.toString();
      }
      if (failure != null) {
        LOG.warn("the service manager at NOTIFY_SOCKET isn't told that this runs: {}", failure);
      }
    }
  }

  /** The system calls, which Java has none for; looked up only where somebody listens. */
  @SuppressWarnings("restricted") // three calls whose types are those of their manual pages
  private static final class Datagram {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** Of struct sockaddr_un, see unix(7). */
    private static final int PATH_AT = 2;

    private static final int LONGEST_PATH = 107;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET =
        handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO =
        handle(
            "sendto",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE =
        handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static MethodHandle handle(String name, FunctionDescriptor type) {
      return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }

    /** What went wrong; null where nothing did. */
    static @Nullable String send(String to, String message) {
      byte[] path = to.getBytes(StandardCharsets.UTF_8);
      if ((path[0] != '/' && path[0] != '@') || path.length > LONGEST_PATH) {
        return "it is no path, or longer than " + LONGEST_PATH + " bytes";
      }
      if (path[0] == '@') {
        path[0] = 0; // Linux's abstract names
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment address = arena.allocate(PATH_AT + LONGEST_PATH + 1L, Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, PATH_AT, path.length);
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        int socket = (int) SOCKET.invokeExact((int) AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        if (socket < 0) {
          return "no socket can be had";
        }
        long sent =
            (long)
                SENDTO.invokeExact(
                    socket,
                    text,
                    (long) bytes.length,
                    MSG_NOSIGNAL,
                    address,
                    PATH_AT + path.length);
        int closed = (int) CLOSE.invokeExact(socket);
        return sent == bytes.length && closed == 0 ? null : "nobody takes it";
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
