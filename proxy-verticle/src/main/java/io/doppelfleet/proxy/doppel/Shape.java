package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.record.Records;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A cover's traffic, made ready to be followed record by record. A position stands for the record
 * that is next; it has a size and leads to another, so that bulk goes on for ever in the way that
 * the cover's long responses do.
 */
final class Shape {
  /** The position at which a connection begins: {@link #begin} says what follows. */
  static final int FRESH = 0;

  /** The position between two responses; here too. */
  static final int BETWEEN = 1;

  /** The least that a TLS 1.3 record with something in it has: a byte, the inner type, the tag. */
  static final int SMALLEST = 1 + 1 + 16;

  /** A response whose records are as many shows in their second half how it goes on. */
  private static final int LONG_RESPONSE = 8;

  /** More records than a cover's traffic has, and few enough for positions of 16 bits. */
  private static final int MOST = 32_000;

  /** In more bytes than TCP's first window has there are pauses that are the network's. */
  private static final int ONE_WINDOW = 14_000;

  /** Pauses of less can't be told from what any network does, microseconds. */
  private static final int SHORTEST_GAP = 1_000;

  /** Longer ones are not imitated, microseconds. */
  private static final int LONGEST_GAP = 20_000;

  private final char[] sizes;
  private final char[] gaps;
  private final char[] next;

  /** Of responses in the order of their bytes: where each begins, and those bytes. */
  private final char[] starts;

  private final long[] totals;

  /** What the cover says before it is asked; no position where it says nothing. */
  private final Start opening;

  private Shape(List<Step> steps, Start opening, List<Start> responses) {
    this.opening = opening;
    this.sizes = new char[steps.size()];
    this.gaps = new char[steps.size()];
    this.next = new char[steps.size()];
    for (int i = 0; i < sizes.length; i++) {
      Step step = steps.get(i);
      sizes[i] = (char) step.size();
      gaps[i] = (char) step.gap();
      next[i] = (char) step.next();
    }
    this.starts = new char[responses.size()];
    this.totals = new long[responses.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (char) responses.get(i).position();
      totals[i] = responses.get(i).bytes();
    }
  }

  private record Step(int size, int gap, int next) {}

  private record Start(int position, long bytes) {}

  /** Of a cover; where its traffic is not known, of one long response in full records. */
  static Shape of(@Nullable Traffic traffic) {
    int steady = traffic == null ? Records.LARGEST_PAYLOAD : legal(traffic.steady());
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(steady, 0, BETWEEN)); // FRESH and BETWEEN, in whose place one is chosen
    steps.add(new Step(steady, 0, BETWEEN));
    Start opening = opening(steps, traffic == null ? List.of() : traffic.opening());
    List<Start> responses = new ArrayList<>();
    if (traffic != null) {
      for (Traffic.Response response : traffic.responses().reversed()) {
        if (!response.sizes().isEmpty() && steps.size() + response.sizes().size() < MOST) {
          responses.add(new Start(steps.size(), response.bytes()));
          append(steps, response, steady);
        }
      }
    }
    if (responses.isEmpty()) {
      responses.add(new Start(steps.size(), 0));
      forEver(steps, steady);
    }
    responses.sort(Comparator.comparingLong(Start::bytes));
    return new Shape(steps, opening, responses);
  }

  private static Start opening(List<Step> steps, List<Integer> sizes) {
    int first = steps.size();
    int bytes = 0;
    for (int i = 0; i < sizes.size(); i++) {
      int size = legal(sizes.get(i));
      bytes += size;
      steps.add(new Step(size, 0, i == sizes.size() - 1 ? BETWEEN : steps.size() + 1));
    }
    return new Start(sizes.isEmpty() ? FRESH : first, bytes);
  }

  private static void append(List<Step> steps, Traffic.Response response, int steady) {
    List<Integer> sizes = response.sizes();
    long seen = sizes.stream().mapToLong(Integer::longValue).sum();
    boolean whole = seen >= response.bytes();
    boolean oneWindow = whole && seen <= ONE_WINDOW;
    // The last record has what was left, which says nothing of what another response leaves.
    int head = whole ? sizes.size() - 1 : sizes.size();
    int first = steps.size();
    for (int i = 0; i < head; i++) {
      boolean round = i == head - 1 && head >= LONG_RESPONSE;
      int next = round ? first + head / 2 : steps.size() + 1;
      steps.add(new Step(legal(sizes.get(i)), oneWindow ? gap(response, i) : 0, next));
    }
    if (head < LONG_RESPONSE) {
      steps.add(new Step(steady, oneWindow ? gap(response, head) : 0, steps.size() + 1));
      forEver(steps, steady);
    }
  }

  private static void forEver(List<Step> steps, int size) {
    steps.add(new Step(size, 0, steps.size()));
  }

  private static int gap(Traffic.Response response, int record) {
    List<Integer> gaps = response.gapsMicros();
    int gap = record == 0 || record >= gaps.size() ? 0 : gaps.get(record);
    return gap < SHORTEST_GAP || gap > LONGEST_GAP ? 0 : gap;
  }

  private static int legal(int size) {
    return Math.clamp(size, SMALLEST, Records.LARGEST_PAYLOAD);
  }

  /** A position that may be another shape's. */
  int valid(int position) {
    return position < sizes.length ? position : BETWEEN;
  }

  /** The payload length of the record at a position, bytes. */
  int size(int position) {
    return sizes[position];
  }

  /** Microseconds that the cover takes before it, where it does so by itself; else 0. */
  int gap(int position) {
    return gaps[position];
  }

  /** The position after it. */
  int next(int position) {
    return next[position];
  }

  /**
   * Where the records of one of the cover's responses begin. What the cover says before it is asked
   * comes first on a connection, where it can come whole: a client may be told nothing unasked.
   *
   * @param position {@link #FRESH} or {@link #BETWEEN}
   * @param bytes that are to be sent
   * @param all whether they are all, or the first ones
   */
  int begin(int position, int bytes, boolean all, RandomGenerator random) {
    boolean opens =
        position == FRESH && opening.position() != FRESH && bytes >= opening.bytes() + SMALLEST;
    return opens ? opening.position() : choose(bytes, all, random);
  }

  private int choose(int bytes, boolean all, RandomGenerator random) {
    int from = firstOf(all ? bytes / 2 : bytes);
    int to = all ? firstOf(2L * bytes) : starts.length;
    if (from == to) {
      // None is like it: the next smaller one, or the next larger one.
      from = Math.max(0, from - 1);
      to = Math.min(starts.length, to + 1);
    }
    return starts[to - from == 1 ? from : random.nextInt(from, to)];
  }

  /** The first response of at least so many bytes. */
  private int firstOf(long bytes) {
    int from = 0;
    int to = totals.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (totals[middle] < bytes) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
