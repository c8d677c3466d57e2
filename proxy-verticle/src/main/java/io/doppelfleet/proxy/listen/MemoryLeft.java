package io.doppelfleet.proxy.listen;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How short memory is: the machine's, as Linux reckons what it could give, with what it could swap
 * out, or what a container may have of it, where less is left of that; and the heap's old
 * generation, where all comes that stays. That is full of garbage before it is full, so what its
 * last collection left is what counts. Where it is full there are many; but once nobody new is
 * taken there is nothing more to fill it, so after a while one is asked for, seldom, for it holds
 * up everybody who is served.
 */
final class MemoryLeft {
  /**
   * Where less is left of the machine's, or of what the process may have of it, new strangers go
   * short, bytes; of less than 1 GB:
   */
  private static final long LITTLE = 64L << 20;

  /** this part. */
  private static final int LITTLE_PART = 16;

  /** Of the old generation's: of 240 MB less than 30. */
  private static final int LITTLE_HEAP_PART = 8;

  /** Looks at a heap that is short before it is collected; each time twice as many, */
  private static final int PATIENCE = 60;

  /** up to an hour's. */
  private static final int MOST_PATIENCE = 3_600;

  private static final Path MACHINE = Path.of("/proc/meminfo");

  private final Supplier<Left> machine;
  private final Supplier<Left> heap;
  private final Runnable collection;
  private int ofMachine;
  private int ofHeap;
  private int patience = PATIENCE;
  private int looksSince;

  /**
   * What may still be taken.
   *
   * @param bytes that are free, or could be made so
   * @param of how many there are
   */
  record Left(long bytes, long of) {
    /** Where it isn't known. */
    private static final Left UNKNOWN = new Left(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Below which it is short, where it is no heap's. */
    private long little() {
      return Math.min(LITTLE, of / LITTLE_PART);
    }
  }

  /**
   * Of these.
   *
   * @param collection of the heap, all of it
   */
  MemoryLeft(Supplier<Left> machine, Supplier<Left> heap, Runnable collection) {
    this.machine = machine;
    this.heap = heap;
    this.collection = collection;
  }

  /** Of this process and machine. */
  static MemoryLeft here() {
    GroupMemory groups = GroupMemory.of(Path.of("/"));
    return new MemoryLeft(() -> ofMachine(groups), ownHeap(), System::gc);
  }

  /**
   * 0: enough; 1: new strangers go short; 2: all do who are new. A look takes some 100 us, many
   * times that where the kernel has to add up first, and a collection where it asks for one. Once a
   * second.
   */
  int pressure() {
    Left ofAll = machine.get();
    ofMachine = degree(ofAll.bytes(), ofAll.little(), ofMachine);
    Left ofOwn = heap.get();
    ofHeap = degree(ofOwn.bytes(), ofOwn.of() / LITTLE_HEAP_PART, ofHeap);
    collectAfterAWhile();
    return Math.max(ofMachine, ofHeap);
  }

  private void collectAfterAWhile() {
    if (ofHeap == 0) {
      patience = PATIENCE;
      looksSince = 0;
    } else if (++looksSince == patience) {
      patience = Math.min(2 * patience, MOST_PATIENCE);
      looksSince = 0;
      collection.run();
    }
  }

  /** All go short at half of what is little. What was short is so up to 1.5 times of that. */
  private static int degree(long left, long little, int before) {
    return isShort(left, little / 2, before == 2) ? 2 : isShort(left, little, before > 0) ? 1 : 0;
  }

  private static boolean isShort(long left, long bound, boolean before) {
    return left < (before ? bound + bound / 2 : bound);
  }

  private static Left ofMachine(GroupMemory groups) {
    try {
      return least(Files.readString(MACHINE), groups);
    } catch (IOException noLinux) {
      return Left.UNKNOWN;
    }
  }

  /** The machine's or a group's, whichever is the shortest by what is little of it. */
  static Left least(String said, GroupMemory groups) {
    return Stream.concat(Stream.of(ofMachine(said)), groups.left(swap(said)))
        .min(Comparator.comparingDouble(left -> (double) left.bytes() / left.little()))
        .orElseThrow();
  }

  /** See proc_meminfo(5). Where the system doesn't say it, a great deal. */
  static Left ofMachine(String said) {
    long all = bytes(said, "MemTotal");
    long available = bytes(said, "MemAvailable");
    return all < 0 || available < 0 ? Left.UNKNOWN : new Left(available + swap(said), all);
  }

  private static long swap(String said) {
    return Math.max(0, bytes(said, "SwapFree"));
  }

  private static long bytes(String said, String what) {
    Matcher found = Pattern.compile("(?m)^" + what + ": +(\\d+) kB$").matcher(said);
    return found.find() ? Long.parseLong(found.group(1)) << 10 : -1;
  }

  /** This process's. Of all pools the old generation's alone can have a threshold for its usage. */
  static Supplier<Left> ownHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
        .findFirst()
        .<Supplier<Left>>map(old -> () -> left(old))
        .orElse(() -> Left.UNKNOWN);
  }

  private static Left left(MemoryPoolMXBean old) {
    MemoryUsage after = old.getCollectionUsage();
    long most = old.getUsage().getMax();
    return after == null || most < 0 ? Left.UNKNOWN : new Left(most - after.getUsed(), most);
  }
}
