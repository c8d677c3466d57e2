package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.record.Records;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
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

  /** Records that are compared with those before: more than a server's buffers make at a time. */
  private static final int LONGEST_ROUND = 16;

  /** More records than are kept of responses, first ones or others: positions have 16 bits. */
  private static final int MOST = 30_000;

  /** In more bytes than TCP's first window has there are pauses that are the network's. */
  private static final int ONE_WINDOW = 14_000;

  /** Pauses of less can't be told from what any network does, microseconds. */
  private static final int SHORTEST_GAP = 1_000;

  /** Longer ones are not imitated, microseconds. */
  private static final int LONGEST_GAP = 20_000;

  /** A record that has nothing in it but an end is no longer, bytes. */
  private static final int LONGEST_TAIL = 64;

  /** Responses that must have it before it is taken for the server's way. */
  private static final int LEAST_TAILS = 3;

  private final char[] sizes;
  private final char[] gaps;
  private final char[] next;

  /** Of the record that ends each response, whatever was in it; 0 where there is no such. */
  private final int tail;

  private final Starts responses;

  /** Of those that come first on a connection; null where none is known. */
  private final @Nullable Starts firsts;

  /** The least that one of these has: what comes once, and a record more. */
  private final int leastOfFirsts;

  private Shape(
      List<Step> steps, int tail, @Nullable Starts firsts, int leastOfFirsts, Starts responses) {
    this.tail = tail;
    this.firsts = firsts;
    this.leastOfFirsts = leastOfFirsts;
    this.responses = responses;
    this.sizes = new char[steps.size()];
    this.gaps = new char[steps.size()];
    this.next = new char[steps.size()];
    for (int i = 0; i < sizes.length; i++) {
      Step step = steps.get(i);
      sizes[i] = (char) step.size();
      gaps[i] = (char) step.gap();
      next[i] = (char) step.next();
    }
  }

  private record Step(int size, int gap, int next) {}

  /** Of a cover; where its traffic is not known, of one long response in full records. */
  static Shape of(@Nullable Traffic traffic) {
    int steady = traffic == null ? Records.LARGEST_PAYLOAD : legal(traffic.steady());
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(steady, 0, BETWEEN)); // FRESH and BETWEEN, in whose place one is chosen
    steps.add(new Step(steady, 0, BETWEEN));
    if (traffic == null) {
      return new Shape(steps, 0, null, 0, appended(steps, List.of(), steady, 0));
    }
    int tail = tail(traffic);
    Starts responses = appended(steps, traffic.responses(), steady, tail);
    Starts firsts =
        traffic.firsts().isEmpty() ? null : appended(steps, traffic.firsts(), steady, tail);
    int once = traffic.opening().stream().mapToInt(Shape::legal).sum();
    return new Shape(steps, tail, firsts, once + SMALLEST, responses);
  }

  /**
   * Some servers end each response in a record that only says so: Node.js in an empty frame over
   * HTTP/2, others in the last chunk's end over HTTP/1.1.
   */
  private static int tail(Traffic traffic) {
    Map<Integer, Integer> lasts = new HashMap<>();
    int whole = 0;
    for (Traffic.Response response :
        Stream.concat(traffic.firsts().stream(), traffic.responses().stream()).toList()) {
      if (response.sizes().size() > 1 && isWhole(response)) {
        whole++;
        lasts.merge(legal(response.sizes().getLast()), 1, Integer::sum);
      }
    }
    for (Map.Entry<Integer, Integer> last : lasts.entrySet()) {
      if (last.getKey() <= LONGEST_TAIL
          && last.getValue() >= LEAST_TAILS
          && 3 * last.getValue() >= 2 * whole) {
        return last.getKey();
      }
    }
    return 0;
  }

  private static boolean isWhole(Traffic.Response response) {
    return response.sizes().stream().mapToLong(Integer::longValue).sum() >= response.bytes();
  }

  private static Starts appended(
      List<Step> steps, List<Traffic.Response> responses, int steady, int tail) {
    int most = steps.size() + MOST;
    List<Starts.Start> starts = new ArrayList<>();
    for (Traffic.Response response : responses.reversed()) {
      int head = head(response, tail);
      if (head >= 0 && steps.size() + response.sizes().size() < most) {
        starts.add(new Starts.Start(steps.size(), response.bytes()));
        append(steps, response, head, steady);
      }
    }
    if (starts.isEmpty()) {
      starts.add(new Starts.Start(steps.size(), 0));
      forEver(steps, steady);
    }
    return new Starts(starts);
  }

  /**
   * How many of a response's records have sizes that are not a matter of its length: the last one,
   * or that before the tail, has what was left, which says nothing of what another response leaves.
   * Less than 0 where it had nothing to leave, and so is like nothing that is to be sent.
   */
  private static int head(Traffic.Response response, int tail) {
    List<Integer> sizes = response.sizes();
    if (!isWhole(response)) {
      return sizes.size();
    }
    boolean hasTail = tail > 0 && sizes.size() > 1 && legal(sizes.getLast()) == tail;
    return hasTail ? sizes.size() - (sizes.size() == 2 ? 3 : 2) : sizes.size() - 1;
  }

  private static void append(List<Step> steps, Traffic.Response response, int head, int steady) {
    List<Integer> sizes = response.sizes();
    boolean oneWindow = isWhole(response) && response.bytes() <= ONE_WINDOW;
    int first = steps.size();
    for (int i = 0; i < head; i++) {
      boolean round = i == head - 1 && head >= LONG_RESPONSE;
      int next = round ? first + again(sizes, head) : steps.size() + 1;
      steps.add(new Step(legal(sizes.get(i)), oneWindow ? gap(response, i) : 0, next));
    }
    if (head < LONG_RESPONSE) {
      steps.add(new Step(steady, oneWindow ? gap(response, head) : 0, steps.size() + 1));
      forEver(steps, steady);
    }
  }

  /**
   * Where a long response goes on when all that was seen of it has left: in its second half, where
   * what went before is most like what has just left, for a server's buffers come round.
   */
  private static int again(List<Integer> sizes, int head) {
    int best = head / 2;
    int most = 0;
    for (int from = head / 2; from < head; from++) {
      int alike = 0;
      while (alike < Math.min(from, LONGEST_ROUND)
          && sizes.get(from - 1 - alike).equals(sizes.get(head - 1 - alike))) {
        alike++;
      }
      if (alike > most) {
        most = alike;
        best = from;
      }
    }
    return best;
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

  /** The payload length of a record that ends each response; 0 where there is no such. */
  int tail() {
    return tail;
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
   * Where the records of one of the cover's responses begin. The first on a connection has what the
   * cover says once, where that can come whole: a client may be told nothing unasked.
   *
   * @param position {@link #FRESH} or {@link #BETWEEN}
   * @param bytes that are to be sent
   * @param all whether they are all, or the first ones
   */
  int begin(int position, int bytes, boolean all, RandomGenerator random) {
    Starts first = position == FRESH && bytes >= leastOfFirsts ? firsts : null;
    return (first == null ? responses : first).choose(bytes, all, random);
  }
}
