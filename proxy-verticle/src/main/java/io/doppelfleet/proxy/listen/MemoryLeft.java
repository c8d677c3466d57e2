package io.doppelfleet.proxy.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How short memory is: the machine's, as Linux reckons what it could give without swapping, and the
 * heap. A heap is full of garbage before it is full, so where it seems short a collection is asked
 * for, once a minute at most, and what that leaves is what counts.
 */
final class MemoryLeft {
  /** Where less is left new strangers go short, bytes: of a machine with 1 GB a sixteenth. */
  static final long LITTLE = 64L << 20;

  /** Where less is left all do who are new. */
  static final long LEAST = 32L << 20;

  /** Of 256 MB of heap less than 32 and 16 MB. */
  private static final int LITTLE_HEAP = 8;

  private static final int LEAST_HEAP = 16;

  private static final long BETWEEN_COLLECTIONS_NANOS = 60_000_000_000L;

  private static final Path MACHINE = Path.of("/proc/meminfo");

  /** See proc_meminfo(5). */
  private static final Pattern AVAILABLE = Pattern.compile("\nMemAvailable: +(\\d+) kB\n");

  private final LongSupplier machine;
  private final Heap heap;
  private final LongSupplier nanoTime;
  private long collected;
  private int ofHeap;

  /** The heap, as the virtual machine has it. */
  interface Heap {
    /** Bytes that it has at most. */
    long most();

    /** Of them those that are taken, by garbage too. */
    long used();

    /** Collects the garbage, which takes a quarter of a second where much is none. */
    void collect();
  }

  /**
   * Of these.
   *
   * @param machine bytes that it could give
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  MemoryLeft(LongSupplier machine, Heap heap, LongSupplier nanoTime) {
    this.machine = machine;
    this.heap = heap;
    this.nanoTime = nanoTime;
    this.collected = nanoTime.getAsLong() - BETWEEN_COLLECTIONS_NANOS;
  }

  /** Of this process and machine. */
  static MemoryLeft here() {
    return new MemoryLeft(MemoryLeft::available, new OwnHeap(), System::nanoTime);
  }

  /** 0: enough; 1: new strangers go short; 2: all do who are new. A look takes some 50 us. */
  int pressure() {
    return Math.max(ofMachine(machine.getAsLong()), ofHeap());
  }

  private static int ofMachine(long left) {
    return left < LEAST ? 2 : left < LITTLE ? 1 : 0;
  }

  private int ofHeap() {
    int seems = seems();
    if (seems > 0 && nanoTime.getAsLong() - collected >= BETWEEN_COLLECTIONS_NANOS) {
      collected = nanoTime.getAsLong();
      heap.collect();
      ofHeap = seems();
    } else {
      ofHeap = Math.min(ofHeap, seems);
    }
    return ofHeap;
  }

  private int seems() {
    long most = heap.most();
    long left = most - heap.used();
    return left < most / LEAST_HEAP ? 2 : left < most / LITTLE_HEAP ? 1 : 0;
  }

  /** Where the system doesn't say it, a great deal. */
  private static long available() {
    try {
      return available(Files.readString(MACHINE));
    } catch (IOException noLinux) {
      return Long.MAX_VALUE;
    }
  }

  static long available(String said) {
    Matcher found = AVAILABLE.matcher(said);
    return found.find() ? Long.parseLong(found.group(1)) << 10 : Long.MAX_VALUE;
  }

  /** This process's. */
  private record OwnHeap() implements Heap {
    @Override
    public long most() {
      return Runtime.getRuntime().maxMemory();
    }

    @Override
    public long used() {
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }
}
