package io.doppelfleet.proxy.leg;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that wait in the process for the readers of one event loop, and so how much the next
 * read may take. The nearer the bound, the smaller the reads; the smallest is reserved for every
 * connection beforehand, so the bound holds whatever the readers do. Used on its event loop alone,
 * but for {@link #waiting}.
 */
public final class LoopBytes {
  /** The smallest read, bytes; what each direction of each connection is always granted. */
  public static final int SMALLEST_READ = 1024;

  /**
   * Of what may wait for one connection a sixteenth is left to the headers of records, which are a
   * twentieth of records of 100 bytes.
   */
  private static final int HEADERS = 16;

  private final int perPair;
  private final long elastic;
  private final AtomicLong waiting = new AtomicLong();

  /**
   * With bounds in bytes.
   *
   * @param perConnection for both directions of one connection together
   * @param inAll for all readers of this loop; what {@code reserved} times {@link #SMALLEST_READ}
   *     leaves of it is shared as it is needed
   * @param reserved smallest reads that are always granted: those of both directions of all
   *     connections that there may be on this loop at once, or more
   */
  public LoopBytes(int perConnection, long inAll, int reserved) {
    this.perPair = perConnection - perConnection / HEADERS - SMALLEST_READ;
    this.elastic = Math.max(0, inAll - (long) reserved * SMALLEST_READ);
  }

  /** Bytes that wait now; may be read from any thread. */
  public long waiting() {
    return waiting.get();
  }

  /**
   * The most that the next read may take, in bytes: at least {@link #SMALLEST_READ}.
   *
   * @param waiting bytes that wait for the same connection, whichever way
   */
  public int allowance(int waiting) {
    long share = (elastic - this.waiting.getPlain()) / 16;
    return (int) Math.max(SMALLEST_READ, Math.min(perPair - waiting, share));
  }

  /** Whether nothing is left beyond what is reserved for each. */
  public boolean scarce() {
    return waiting.getPlain() >= elastic;
  }

  /**
   * The same, or nothing is left of what one connection may have.
   *
   * @param waiting bytes that wait for the same connection, those asked about among them
   */
  public boolean scarce(int waiting) {
    return waiting > perPair || scarce();
  }

  /**
   * So many bytes more wait, or fewer. A leg accounts for what was written to it by itself; this is
   * for a phase that keeps bytes of its own. One thread writes, so no atomic addition is needed.
   */
  public void add(long bytes) {
    if (bytes != 0) {
      waiting.setRelease(waiting.getPlain() + bytes);
    }
  }
}
