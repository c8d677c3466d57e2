package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.record.Records;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says in what records bytes leave for a client, and when, so that they look like the cover's
 * responses. {@link #plan} depends on what it is given alone, and on the draws of the generator;
 * nothing has happened until {@link #left} says so. One for each event loop.
 *
 * <p>In full mode bytes that are too few for the next record wait for more. They leave at once when
 * they can't be the beginning of more, soon when nothing more comes, and always within {@link
 * #MOST_MICROS}.
 */
public final class Shaper {
  /** A byte waits no longer, microseconds: with a late timer it is less than 50 ms. */
  public static final int MOST_MICROS = 45_000;

  /**
   * Records of one plan at most: header and payload are pieces of one writev(2), which takes 1024.
   */
  public static final int MOST_RECORDS = 500;

  /** No more bytes wait than this. */
  public static final int MOST_KEPT = 32 * 1024;

  /**
   * Nothing came for so long: all is there, microseconds. It is what a last byte of a message
   * waits, and more than the time between two segments of a sender that sends all the time.
   */
  private static final int SOON_MICROS = 2_000;

  /** A connection that was quiet for so long goes on with another response, microseconds. */
  private static final int PAUSE_MICROS = 50_000;

  /**
   * A response of more bytes is bulk. A pause of {@link #SOON_MICROS} in it is the network's or the
   * sender's, and not its end, as a rule: what is left waits for so long.
   */
  private static final int MUCH = 64 * 1024;

  private static final int SOON_IN_BULK_MICROS = 8_000;

  /** Less than a segment of TCP, whatever the way, bytes: so much alone is a whole message. */
  private static final int ONE_SEGMENT = 1_200;

  private final Doppel doppel;
  private final Shaping shaping;
  private final RandomGenerator random;
  private @Nullable Traffic traffic;
  private Shape shape = Shape.of(null);

  // The last plan.
  private final char[] lengths = new char[MOST_RECORDS];
  private int count;
  private int planned;
  private int rest;
  private int end;
  private int wait;
  private boolean ends;

  /** Another response than the last that left. */
  private boolean anew;

  private long now;

  /**
   * Of an event loop.
   *
   * @param random what is drawn becomes visible, so it need not be secret
   */
  public Shaper(Doppel doppel, Shaping shaping, RandomGenerator random) {
    this.doppel = doppel;
    this.shaping = shaping;
    this.random = random;
  }

  /**
   * Plans.
   *
   * @param burst where the connection stands; does not change
   * @param waiting bytes that are there
   * @param now microseconds of a clock that is never set
   * @return how many records are to leave; where some do, wherever bytes are left that do not
   *     {@linkplain Burst#waits wait}, the next plan is for them
   */
  public int plan(Burst burst, int waiting, Coming coming, long now) {
    this.now = now;
    count = 0;
    planned = 0;
    rest = waiting;
    wait = 0;
    ends = false;
    anew = false;
    if (shaping == Shaping.OFF) {
      while (rest > 0 && count < MOST_RECORDS) {
        add(Math.min(rest, Records.LARGEST_PAYLOAD), Shape.BETWEEN);
      }
      return count;
    }
    refresh();
    end = shape.valid(burst.position);
    if (end != Shape.FRESH && (burst.paused(now, PAUSE_MICROS) || burst.answersNext())) {
      end = Shape.BETWEEN;
      anew = true;
    }
    if (waiting > 0) {
      if (isAll(burst, waiting, coming)) {
        planAll(burst, coming);
      } else {
        planFull(burst, coming);
      }
    }
    return count;
  }

  @SuppressWarnings("ReferenceEquality") // asked for each plan: what was learnt anew is another one
  private void refresh() {
    Traffic latest = doppel.profile().traffic();
    if (latest != traffic) {
      traffic = latest;
      shape = Shape.of(latest);
    }
  }

  private boolean isAll(Burst burst, int waiting, Coming coming) {
    if (shaping == Shaping.LIGHT) {
      return coming != Coming.THERE;
    }
    return switch (coming) {
      case THERE -> false;
      case NONE -> true;
      case LATE -> isDue(burst);
      case NONE_SO_FAR -> waiting >= Shape.SMALLEST || isDue(burst);
      case PERHAPS -> isDue(burst) || (isBeginning(waiting) && waiting < ONE_SEGMENT);
      case HARDLY ->
          isDue(burst)
              || (isBeginning(waiting)
                  && (waiting < ONE_SEGMENT || burst.paused(now, SOON_MICROS)));
    };
  }

  private boolean isBeginning(int waiting) {
    return end <= Shape.BETWEEN && waiting >= Shape.SMALLEST;
  }

  /**
   * Whether it matters if the last segment of what has come was a {@linkplain Coming#HARDLY short
   * one}: where a message begins that fits one record, and is too long to be one segment on any
   * way.
   *
   * @param micros the clock of {@link #plan}, which is asked only where it matters
   */
  public boolean asksForSegment(Burst burst, int waiting, LongSupplier micros) {
    return shaping == Shaping.FULL
        && waiting >= ONE_SEGMENT
        && waiting <= Records.LARGEST_PAYLOAD
        && (burst.position <= Shape.BETWEEN
            || burst.answersNext()
            || burst.paused(micros.getAsLong(), PAUSE_MICROS));
  }

  private boolean isDue(Burst burst) {
    return burst.waited(now) >= MOST_MICROS;
  }

  /** Full records, and the rest waits. */
  private void planFull(Burst burst, Coming coming) {
    while (count < MOST_RECORDS) {
      if (end <= Shape.BETWEEN && rest >= Records.LARGEST_PAYLOAD) {
        end = shape.begin(end, rest, false, random);
      }
      if (end <= Shape.BETWEEN || !fills(shape.size(end), coming)) {
        break;
      }
      add(shape.size(end), shape.next(end));
    }
    if (rest > 0 && count < MOST_RECORDS && coming != Coming.THERE) {
      boolean justCame = coming == Coming.PERHAPS || coming == Coming.HARDLY;
      int soon = isBulk(burst) ? SOON_IN_BULK_MICROS : SOON_MICROS;
      wait = justCame && rest >= Shape.SMALLEST ? soon : MOST_MICROS;
    }
  }

  /**
   * Whether a record of this size can leave without a rest that is too little for another one, or
   * for the record that ends a response of the cover's.
   */
  private boolean fills(int size, Coming coming) {
    return rest >= size + Math.max(Shape.SMALLEST, shape.tail())
        || (rest == size && (coming == Coming.THERE || shape.tail() == 0));
  }

  private boolean isBulk(Burst burst) {
    if (end <= Shape.BETWEEN) {
      return false;
    }
    int before = anew ? 0 : burst.bytes;
    return (burst.bulk && !anew) || Integer.compareUnsigned(before + planned, MUCH) > 0;
  }

  /**
   * All that is there, to the end of the response, or to a pause which the cover makes too. Bulk
   * goes on where it was, unless something is asked for before it does: a cover whose sender stalls
   * doesn't begin anew.
   */
  private void planAll(Burst burst, Coming coming) {
    int waited = burst.waited(now);
    int tail = shape.tail();
    int last = shaping == Shaping.FULL && rest >= tail + Shape.SMALLEST ? tail : 0;
    while (rest > 0 && count < MOST_RECORDS) {
      if (end <= Shape.BETWEEN) {
        end = shape.begin(end, rest, true, random);
      }
      int gap = shape.gap(end);
      if (gap > 0 && mayPause(coming, waited, gap)) {
        wait = gap;
        return;
      }
      int body = rest == last ? rest : rest - last;
      int size = rest == last ? last : Math.min(shape.size(end), body);
      int left = body - size;
      if (left > 0 && left < Shape.SMALLEST) {
        // Too little for a record of its own.
        size = body <= Records.LARGEST_PAYLOAD ? body : size - Shape.SMALLEST;
      }
      add(size, shape.next(end));
    }
    if (rest == 0 && shaping == Shaping.FULL) {
      ends = true;
      if (!isBulk(burst)) {
        end = Shape.BETWEEN;
      }
    }
  }

  /** The pause before the first record has passed. */
  private boolean mayPause(Coming coming, int waited, int gap) {
    return count > 0
        && shaping == Shaping.FULL
        && coming != Coming.NONE
        && rest <= MOST_KEPT
        && waited + gap <= MOST_MICROS;
  }

  private void add(int length, int next) {
    lengths[count++] = (char) length;
    planned += length;
    rest -= length;
    end = next;
  }

  /**
   * How many bytes to take where there are more than can be taken: those that whole records need,
   * so that none is left over to be copied.
   *
   * @param burst where the connection stands; does not change
   * @param most bytes, with those that wait
   * @return no more than that, and not 0
   */
  public int whole(Burst burst, int most) {
    if (shaping == Shaping.OFF) {
      return most < Records.LARGEST_PAYLOAD ? most : most - most % Records.LARGEST_PAYLOAD;
    }
    refresh();
    int record = shape.valid(burst.position);
    int bytes = 0;
    for (int records = 0;
        record > Shape.BETWEEN && bytes + shape.size(record) <= most && records < MOST_RECORDS;
        records++) {
      bytes += shape.size(record);
      record = shape.next(record);
    }
    return bytes == 0 ? most : bytes;
  }

  /** Bytes of all records of the last plan, without headers. */
  public int planned() {
    return planned;
  }

  /** The payload length of a record of the last plan, 1..16401 bytes. */
  public int length(int record) {
    return lengths[record];
  }

  /** All records of the last plan left; what is in none of them waits from now on. */
  public void left(Burst burst) {
    boolean bulk = isBulk(burst);
    if (anew) {
      burst.beginAnew();
    }
    burst.bulk = bulk;
    if (rest > 0) {
      burst.waitOn(end, planned, rest, wait, MOST_MICROS, now);
    } else {
      burst.moveOn(end, planned, now);
    }
    burst.ended(ends);
  }
}
