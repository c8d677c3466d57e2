package io.doppelfleet.fleet.hello;

import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloTokens;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Tokens of hellos that were met, in 20 bytes each; room is made as they come. The oldest is
 * forgotten when its place is needed, and not sooner: who recorded a hello can give it another time
 * without the secret. Where a token lies depends on a number that only this process knows, so
 * nobody can choose which others have to go for those that he makes. For any threads.
 */
public final class KnownTokens {
  private static final int SHELVES = 64;

  /** Halves of shelves: of one that is full a half has room in a part. */
  private static final int HALVES = 2 * SHELVES;

  private final Shelf[] shelves;
  private final int window;
  private final long offset;
  private final long factor;
  private final LongAdder forgotten = new LongAdder();

  /**
   * Knows none.
   *
   * @param most of them, a power of two, 1,024 at the least. Dealt out by chance to {@value
   *     #SHELVES} places of a like size, one may have to go a little before there are as many
   * @param window seconds for which each is to be remembered
   * @param random must be unpredictable
   */
  public KnownTokens(int most, int window, RandomGenerator random) {
    this.window = window;
    this.offset = random.nextLong();
    this.factor = random.nextLong() | 1;
    this.shelves =
        IntStream.range(0, SHELVES).mapToObj(i -> new Shelf(most / SHELVES)).toArray(Shelf[]::new);
  }

  /** The same whoever asks, and of no use to who doesn't know the numbers. */
  private int place(long token) {
    long mixed = (token + offset) * factor;
    mixed = (mixed ^ (mixed >>> 32)) * factor;
    return (int) (mixed >>> 32);
  }

  private Shelf shelf(int place) {
    return shelves[half(place) / 2];
  }

  private static int half(int place) {
    return place >>> 25;
  }

  /** Whether it is known. */
  public boolean has(long token) {
    int place = place(token);
    Shelf shelf = shelf(place);
    synchronized (shelf) {
      return shelf.has(token, place);
    }
  }

  /**
   * Remembers it.
   *
   * @param second of a monotonic clock, no less than the last one
   * @return whether it was not known before
   */
  public boolean add(long token, int second) {
    int place = place(token);
    Shelf shelf = shelf(place);
    synchronized (shelf) {
      if (shelf.has(token, place)) {
        return false;
      }
      if (shelf.isFull() && second - shelf.forgetOldest() <= window) {
        forgotten.increment();
      }
      shelf.add(token, place, second);
      return true;
    }
  }

  /**
   * A part of those that have come in this second of the same clock or later, in no order. Who asks
   * for all parts has all that were known when he began; of those that come meanwhile some.
   *
   * @param from 0, or what the part before said; at the end there are none
   */
  public HelloPart since(int second, int from) {
    long[] part = new long[HelloPart.MOST];
    int size = 0;
    for (int half = from; half < HALVES; half++) {
      long[] more = ofHalf(half, second);
      if (size > 0 && size + more.length > part.length) {
        return new HelloPart(HelloTokens.of(Arrays.copyOf(part, size)), half);
      }
      // By chance alone, and hardly ever, one has more than a part: the rest of them isn't told.
      int taken = Math.min(more.length, part.length - size);
      System.arraycopy(more, 0, part, size, taken);
      size += taken;
    }
    return new HelloPart(HelloTokens.of(Arrays.copyOf(part, size)), HelloPart.END);
  }

  private long[] ofHalf(int half, int second) {
    Shelf shelf = shelves[half / 2];
    synchronized (shelf) {
      return shelf.since(second, half);
    }
  }

  /** How many had to go before their window had passed. */
  public long forgotten() {
    return forgotten.sum();
  }

  /** A ring of tokens, and chains through it of those whose places begin alike. */
  private final class Shelf {
    private static final int NONE = -1;

    private final int most;
    private long[] tokens = new long[16];
    private int[] seconds = new int[16];
    private int[] heads = heads(16);
    private int[] next = new int[16];
    private int oldest;
    private int count;

    Shelf(int most) {
      this.most = most;
    }

    private static int[] heads(int length) {
      int[] heads = new int[length];
      Arrays.fill(heads, NONE);
      return heads;
    }

    /** The place of the one that came so many after the oldest. */
    private int at(int after) {
      return (oldest + after) & (tokens.length - 1);
    }

    boolean isFull() {
      return count == most;
    }

    boolean has(long token, int place) {
      int at = heads[place & (heads.length - 1)];
      while (at != NONE && tokens[at] != token) {
        at = next[at];
      }
      return at != NONE;
    }

    void add(long token, int place, int second) {
      if (count == tokens.length) {
        grow();
      }
      int at = at(count);
      count++;
      tokens[at] = token;
      seconds[at] = second;
      chain(at, place);
    }

    private void chain(int at, int place) {
      int head = place & (heads.length - 1);
      next[at] = heads[head];
      heads[head] = at;
    }

    private void grow() {
      int length = tokens.length;
      long[] wasTokens = tokens;
      int[] wasSeconds = seconds;
      tokens = new long[2 * length];
      seconds = new int[2 * length];
      heads = heads(2 * length);
      next = new int[2 * length];
      for (int i = 0; i < count; i++) {
        int was = (oldest + i) & (length - 1);
        tokens[i] = wasTokens[was];
        seconds[i] = wasSeconds[was];
        chain(i, place(tokens[i]));
      }
      oldest = 0;
    }

    /** Its second. It is the last of its chain, which begins with the newest. */
    int forgetOldest() {
      int head = place(tokens[oldest]) & (heads.length - 1);
      if (heads[head] == oldest) {
        heads[head] = NONE;
      } else {
        int at = heads[head];
        while (next[at] != oldest) {
          at = next[at];
        }
        next[at] = NONE;
      }
      int second = seconds[oldest];
      oldest = at(1);
      count--;
      return second;
    }

    /** Those of one half. */
    long[] since(int second, int half) {
      return IntStream.range(0, count)
          .map(this::at)
          .filter(each -> seconds[each] >= second && half(place(tokens[each])) == half)
          .mapToLong(each -> tokens[each])
          .toArray();
    }
  }
}
