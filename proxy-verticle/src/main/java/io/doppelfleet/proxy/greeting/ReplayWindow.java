package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The hellos that were answered, in a file mapped into memory: what one event loop has stored is
 * seen by the others at once, and by the next process even after a {@code kill -9}. (A machine that
 * loses power may lose the last seconds.)
 *
 * <p>A hello is known by 12 bytes of its digest. The time is no part of that and no reason to
 * forget: whoever knows when a hello was sent can rewrite its time without the secret. A hello is
 * forgotten only when its place is needed, the oldest of 32 first; the table has more than twice
 * the places that were asked for, so that this touches none within its window.
 *
 * <p>The form, number 1: {@code DFRW}, format, number of buckets, 0 as big-endian 32-bit numbers,
 * then the buckets of 32 entries: 12 bytes of digest and the hello's unix time (0: free).
 */
public final class ReplayWindow implements AutoCloseable {
  private static final int MAGIC = 0x44465257;
  private static final int FORMAT = 1;
  private static final int HEADER = 16;
  private static final int ENTRY = 16;
  private static final int ENTRIES = 32;
  private static final int BUCKET = ENTRY * ENTRIES;
  private static final int LOCKS = 64;

  /** On the average at most; that 33 fall into one bucket then has a chance of two in a million. */
  private static final int HELLOS_IN_BUCKET = 13;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN);

  private final FileChannel file;
  private final Arena arena;
  private final MemorySegment table;
  private final int buckets;
  private final Object[] locks = IntStream.range(0, LOCKS).mapToObj(i -> new Object()).toArray();

  private ReplayWindow(FileChannel file, Arena arena, MemorySegment table, int buckets) {
    this.file = file;
    this.arena = arena;
    this.table = table;
    this.buckets = buckets;
  }

  /**
   * Opens the window, or makes it.
   *
   * @param path made with mode 0600 where it isn't there; remade where it has another size
   * @param hellos that must be remembered at least, 1..10,000,000
   * @throws IOException with a sentence that names the file, also when another process has it
   */
  @SuppressWarnings("MustBeClosedChecker")
  public static ReplayWindow open(Path path, int hellos) throws IOException {
    int buckets = Integer.highestOneBit(Math.max(hellos / HELLOS_IN_BUCKET, 1) * 2 - 1);
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Arena arena = Arena.ofShared();
    try {
      if (lock(file) == null) {
        throw new IOException(path + " is in use: another node runs with this state directory");
      }
      long size = HEADER + (long) buckets * BUCKET;
      if (file.size() != size || !fits(file, arena, buckets)) {
        file.truncate(0);
      }
      MemorySegment table = file.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
      table.set(INT, 0, MAGIC);
      table.set(INT, 4, FORMAT);
      table.set(INT, 8, buckets);
      return new ReplayWindow(file, arena, table, buckets);
    } catch (IOException | RuntimeException e) {
      arena.close();
      file.close();
      throw e;
    }
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static boolean fits(FileChannel file, Arena arena, int buckets) throws IOException {
    MemorySegment header = file.map(FileChannel.MapMode.READ_ONLY, 0, HEADER, arena);
    return header.get(INT, 0) == MAGIC
        && header.get(INT, 4) == FORMAT
        && header.get(INT, 8) == buckets;
  }

  /**
   * Remembers a hello. Of two that come at the same instant, on whatever event loops, one is the
   * first.
   *
   * @param hello whose digest was found good
   * @param time its own time, seconds since 1970
   * @return whether it was not known before
   */
  public boolean first(ClientHello hello, long time) {
    byte[] random = hello.random();
    MemorySegment digest = MemorySegment.ofArray(random);
    long tag = digest.get(LONG, 0);
    int more = digest.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(INT.order()), 8);
    int bucket =
        digest.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(INT.order()), 12) & (buckets - 1);
    int stamp = (int) time == 0 ? 1 : (int) time;
    synchronized (locks[bucket % LOCKS]) {
      long base = HEADER + (long) bucket * BUCKET;
      long place = base;
      long oldest = Long.MAX_VALUE;
      for (long at = base; at < base + BUCKET; at += ENTRY) {
        long age = table.get(INT, at + 12) & 0xffff_ffffL;
        if (age != 0 && table.get(LONG, at) == tag && table.get(INT, at + 8) == more) {
          return false;
        }
        if (age < oldest) {
          oldest = age;
          place = at;
        }
      }
      // The time last: an entry that a kill cut in half has none, or the one that it replaces.
      table.set(LONG, place, tag);
      table.set(INT, place + 8, more);
      table.set(INT, place + 12, stamp);
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    arena.close();
    file.close();
  }
}
