package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.hello.ClientHello;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The hellos that were answered, in a file: what one event loop has stored is seen by the others at
 * once, and by the next process even after a {@code kill -9}. (A machine that loses power may lose
 * the last seconds.) The kernel keeps the file in its own memory; mapped into ours it would be 4 MB
 * more for a microsecond less.
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

  private final FileChannel file;
  private final int buckets;
  private final long window;
  private final LongAdder crowdedOut = new LongAdder();

  /** Room for a bucket, and the lock of all whose number ends alike. */
  private final ByteBuffer[] shelves =
      IntStream.range(0, LOCKS)
          .mapToObj(i -> ByteBuffer.allocateDirect(BUCKET))
          .toArray(ByteBuffer[]::new);

  private ReplayWindow(FileChannel file, int buckets, Duration tolerance) {
    this.file = file;
    this.buckets = buckets;
    this.window = 2 * tolerance.toSeconds();
  }

  /**
   * Opens the window, or makes it.
   *
   * @param path made with mode 0600 where it isn't there; remade where it has another size
   * @param hellos that must be remembered at least, 1..10,000,000
   * @param tolerance how far a hello's time may be off, either way; of twice that are the hellos
   *     that aren't stale
   * @throws IOException with a sentence that names the file, also when another process has it
   */
  @SuppressWarnings("MustBeClosedChecker")
  public static ReplayWindow open(Path path, int hellos, Duration tolerance) throws IOException {
    int buckets = Integer.highestOneBit(Math.max(hellos / HELLOS_IN_BUCKET, 1) * 2 - 1);
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (lock(file) == null) {
        throw new IOException(path + " is in use: another node runs with this state directory");
      }
      long size = HEADER + (long) buckets * BUCKET;
      if (file.size() != size || !fits(file, buckets)) {
        make(file, path, buckets, size);
      }
      return new ReplayWindow(file, buckets, tolerance);
    } catch (IOException | RuntimeException e) {
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

  /** No hole: a disk that is full is told of at the start, and not by the first hello. */
  private static void make(FileChannel file, Path path, int buckets, long size) throws IOException {
    try {
      file.truncate(0);
      ByteBuffer zeros = ByteBuffer.allocate(64 * 1024);
      for (long at = 0; at < size; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
        at += file.write(zeros, at);
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      header.putInt(MAGIC).putInt(FORMAT).putInt(buckets).putInt(0).flip();
      file.write(header, 0);
    } catch (IOException e) {
      throw new IOException(path + " can't be written (" + size + " bytes): " + e.getMessage(), e);
    }
  }

  private static boolean fits(FileChannel file, int buckets) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    file.read(header, 0);
    return header.getInt(0) == MAGIC && header.getInt(4) == FORMAT && header.getInt(8) == buckets;
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
    int stamp = (int) time == 0 ? 1 : (int) time;
    ByteBuffer digest = ByteBuffer.wrap(hello.random());
    long tag = digest.getLong(0);
    int more = digest.getInt(8);
    int bucket = digest.getInt(12) & (buckets - 1);
    long base = HEADER + (long) bucket * BUCKET;
    ByteBuffer shelf = shelves[bucket % LOCKS];
    synchronized (shelf) {
      try {
        return first(tag, more, stamp, shelf.clear(), base);
      } catch (IOException e) {
        // Nobody is served on a guess: a hello that may be a replay is one.
        throw new UncheckedIOException("the hellos of before can't be read", e);
      }
    }
  }

  private boolean first(long tag, int more, int stamp, ByteBuffer shelf, long base)
      throws IOException {
    while (shelf.hasRemaining()) {
      if (file.read(shelf, base + shelf.position()) < 0) {
        throw new EOFException("the file was cut");
      }
    }
    int place = 0;
    long oldest = Long.MAX_VALUE;
    for (int at = 0; at < BUCKET; at += ENTRY) {
      long age = shelf.getInt(at + 12) & 0xffff_ffffL;
      if (age != 0 && shelf.getLong(at) == tag && shelf.getInt(at + 8) == more) {
        return false;
      }
      if (age < oldest) {
        oldest = age;
        place = at;
      }
    }
    if (oldest != 0 && Integer.toUnsignedLong(stamp) - oldest <= window) {
      crowdedOut.increment();
    }
    shelf.putLong(place, tag).putInt(place + 8, more).putInt(place + 12, stamp);
    shelf.limit(place + ENTRY).position(place);
    file.write(shelf, base + place);
    return true;
  }

  /** Hellos that were forgotten, for want of room, when they may not have been stale yet. */
  public long crowdedOut() {
    return crowdedOut.sum();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
