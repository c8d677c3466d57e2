package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The clock that Linux keeps for a process, clock_getcpuclockid(3): nanoseconds, of threads that
 * have ended too. The files in /proc know either ticks of 10 ms or threads that still run.
 */
final class ProcessorClock {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final FunctionDescriptor NUMBER_AND_RESULT =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
  private static final MethodHandle FIND = call("clock_getcpuclockid");
  private static final MethodHandle READ = call("clock_gettime");

  private ProcessorClock() {}

  @SuppressWarnings("restricted") // its callers are in this class
  private static MethodHandle call(String name) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), NUMBER_AND_RESULT);
  }

  /** Nanoseconds of processor time that a process has had, user's and system's. */
  static long nanos(long pid) throws IOException {
    int failed;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment clock = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
      failed = (int) FIND.invokeExact((int) pid, clock);
      if (failed == 0) {
        failed = (int) READ.invokeExact(clock.get(ValueLayout.JAVA_INT, 0), time);
      }
      if (failed == 0) {
        return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000
            + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    throw new IOException("process " + pid + " has no processor time: it has ended");
  }
}
