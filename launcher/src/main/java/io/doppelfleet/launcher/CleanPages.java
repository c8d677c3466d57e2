package io.doppelfleet.launcher;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of the pages of files that only the start has read: of the virtual machine's own code and
 * of the classes' cache 32 MB are mapped once all has begun, of which a running node reads a third.
 * They stay in the system's page cache for as long as it has room, and whoever reads one again gets
 * it from there. Of Linux; elsewhere nothing is let go.
 */
final class CleanPages {
  private static final Logger LOG = LoggerFactory.getLogger(CleanPages.class);
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  /** So early that the training run has seen it: what it loads is in the classes' cache. */
  private static final long FIRST_MILLIS = 1_000;

  /** What is read again costs a fault each 64 KiB, a millisecond in all. */
  private static final long EVERY_MILLIS = 10_000;

  /** Bytes that a mapping has at least: smaller ones are not worth the call. */
  static final long WORTH = 1 << 20;

  /** Of madvise(2): the pages are not needed now. */
  private static final int MADV_DONTNEED = 4;

  /** Of madvise(2): not by 2 MiB at once, else one word that is read brings all of these back. */
  private static final int MADV_NOHUGEPAGE = 15;

  /**
   * So many bytes that nobody has written to since they were read from a file.
   *
   * @param address of the first, the beginning of a page
   * @param bytes whole pages
   */
  record Mapping(long address, long bytes) {}

  private CleanPages() {}

  /** Begins to let go, for as long as the process lasts. */
  static void watch() {
    // Not by Vert.x's timers and workers: one that ticks while these end meets none any more.
    Thread.ofPlatform().daemon().name("doppelfleet-pages").start(CleanPages::letGoOften);
  }

  private static void letGoOften() {
    try {
      Thread.sleep(FIRST_MILLIS);
      while (true) {
        letGo();
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("files' pages stay", e); // a virtual machine that can't call the system
    }
  }

  /** Lets go of what there is now. */
  static void letGo() {
    if (!Files.isReadable(MAPPINGS)) {
      return;
    }
    try {
      for (Mapping mapping : clean(Files.readAllLines(MAPPINGS))) {
        // A kernel that has no such pages knows no such advice.
        Advice.give(mapping, MADV_NOHUGEPAGE);
        if (Advice.give(mapping, MADV_DONTNEED) != 0) {
          LOG.debug("{} bytes of a file's pages stay", mapping.bytes());
        }
      }
    } catch (IOException e) {
      LOG.debug("no word of what is mapped", e);
    }
  }

  /**
   * The mappings of those files that are all in them. One that may be written to never is, nor is
   * one with a page of its own, present or swapped out (a library's table of addresses, which was
   * written to and protected then; classes that are not where they were made for): to let go of
   * such a page is to lose it.
   *
   * @param lines of smaps, proc_pid_smaps(5)
   */
  static List<Mapping> clean(List<String> lines) {
    List<Mapping> clean = new ArrayList<>();
    Mapping candidate = null;
    for (String line : lines) {
      if (Character.digit(line.charAt(0), 16) >= 0 && !Character.isUpperCase(line.charAt(0))) {
        candidate = candidate(line);
      } else if (candidate != null && line.startsWith("Anonymous:") && !isZero(line)) {
        candidate = null;
      } else if (candidate != null && line.startsWith("Swap:")) { // which comes after that
        if (isZero(line)) {
          clean.add(candidate);
        }
        candidate = null;
      }
    }
    return clean;
  }

  private static boolean isZero(String line) {
    return line.endsWith(" 0 kB");
  }

  /** Of a mapping's first line: range, permissions, offset, device, inode, path. */
  private static @Nullable Mapping candidate(String line) {
    int dash = line.indexOf('-');
    int space = line.indexOf(' ');
    String permissions = line.substring(space + 1, space + 5);
    boolean ofTheMachine =
        line.endsWith("/libjvm.so")
            ? permissions.equals("r-xp")
            : permissions.startsWith("r--") && (line.endsWith("/modules") || line.endsWith(".aot"));
    long address = Long.parseUnsignedLong(line, 0, dash, 16);
    long bytes = Long.parseUnsignedLong(line, dash + 1, space, 16) - address;
    return ofTheMachine && bytes >= WORTH ? new Mapping(address, bytes) : null;
  }

  /** The system call, which is looked up only where there is something to let go. */
  @SuppressWarnings("restricted") // a call whose types are those of its manual page
  private static final class Advice {
    private static final MethodHandle MADVISE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
                FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    static int give(Mapping mapping, int advice) {
      try {
        return (int) MADVISE.invokeExact(mapping.address(), mapping.bytes(), advice);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
