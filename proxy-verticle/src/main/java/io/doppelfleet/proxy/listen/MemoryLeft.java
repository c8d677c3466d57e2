package io.doppelfleet.proxy.listen;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How short memory is: the machine's, as Linux reckons what it could give, with what it could swap
 * out; and the heap. A heap is full of garbage before it is full, so of that what its last
 * collection left is what counts: where it is full there are many, and none is asked for, which
 * would hold up everybody who is served.
 */
final class MemoryLeft {
  /** Where less is left of the machine's new strangers go short, bytes; of less than 1 GB: */
  private static final long LITTLE = 64L << 20;

  /** this part. */
  private static final int LITTLE_PART = 16;

  /** Of the heap's: of 256 MB less than 32. */
  private static final int LITTLE_HEAP_PART = 8;

  private static final Path MACHINE = Path.of("/proc/meminfo");

  private final Supplier<Left> machine;
  private final Supplier<Left> heap;
  private int ofMachine;
  private int ofHeap;

  /**
   * What may still be taken.
   *
   * @param bytes that are free, or could be made so
   * @param of how many there are
   */
  record Left(long bytes, long of) {
    /** Where it isn't known. */
    private static final Left UNKNOWN = new Left(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Of these. */
  MemoryLeft(Supplier<Left> machine, Supplier<Left> heap) {
    this.machine = machine;
    this.heap = heap;
  }

  /** Of this process and machine. */
  static MemoryLeft here() {
    return new MemoryLeft(MemoryLeft::ofMachine, new OwnHeap());
  }

  /** 0: enough; 1: new strangers go short; 2: all do who are new. A look takes some 50 us. */
  int pressure() {
    Left ofAll = machine.get();
    ofMachine = degree(ofAll.bytes(), Math.min(LITTLE, ofAll.of() / LITTLE_PART), ofMachine);
    Left ofOwn = heap.get();
    ofHeap = degree(ofOwn.bytes(), ofOwn.of() / LITTLE_HEAP_PART, ofHeap);
    return Math.max(ofMachine, ofHeap);
  }

  /** All go short at half of what is little. What was short is so up to 1.5 times of that. */
  private static int degree(long left, long little, int before) {
    return isShort(left, little / 2, before == 2) ? 2 : isShort(left, little, before > 0) ? 1 : 0;
  }

  private static boolean isShort(long left, long bound, boolean before) {
    return left < (before ? bound + bound / 2 : bound);
  }

  private static Left ofMachine() {
    try {
      return ofMachine(Files.readString(MACHINE));
    } catch (IOException noLinux) {
      return Left.UNKNOWN;
    }
  }

  /** See proc_meminfo(5). Where the system doesn't say it, a great deal. */
  static Left ofMachine(String said) {
    long all = bytes(said, "MemTotal");
    long available = bytes(said, "MemAvailable");
    return all < 0 || available < 0
        ? Left.UNKNOWN
        : new Left(available + Math.max(0, bytes(said, "SwapFree")), all);
  }

  private static long bytes(String said, String what) {
    Matcher found = Pattern.compile("(?m)^" + what + ": +(\\d+) kB$").matcher(said);
    return found.find() ? Long.parseLong(found.group(1)) << 10 : -1;
  }

  /** This process's, as its pools' last collections left them. */
  private static final class OwnHeap implements Supplier<Left> {
    private final List<MemoryPoolMXBean> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    @Override
    public Left get() {
      long most = Runtime.getRuntime().maxMemory();
      long used = 0;
      for (MemoryPoolMXBean pool : pools) {
        MemoryUsage after = pool.getCollectionUsage();
        used += after == null ? 0 : after.getUsed(); // null: such a pool isn't collected
      }
      return new Left(most - used, most);
    }
  }
}
