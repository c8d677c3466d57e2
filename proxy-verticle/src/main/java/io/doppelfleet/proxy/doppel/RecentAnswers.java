package io.doppelfleet.proxy.doppel;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.hello.ClientHello;
import io.doppelfleet.proxy.hello.HelloKind;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long strangers of late waited from their hello to the cover's answer, as this node saw it: so
 * long clients with such a hello wait too, whatever the cover, the way to it and this machine have
 * to do just now. Who probes fills it himself, so who uses it bounds it, and what one network sent
 * is never more than half of it. Thread-safe.
 */
public final class RecentAnswers {
  /** Waits that are kept of each hello. */
  private static final int KEPT = 16;

  /** So many say how they are spread; fewer say nothing. No network has more of them. */
  private static final int ENOUGH = 8;

  /**
   * What is older says nothing of now: who makes the cover slow for a while tells clients by it for
   * no longer after that.
   */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** Hellos that are kept apart: some kinds of clients, some names; of more the last used. */
  private static final int MOST_HELLOS = 32;

  private final RandomGenerator random;

  /**
   * Only what clients sent has a place here: so strangers can't take it from them with hellos that
   * they make up.
   */
  private final SequencedMap<Asked, Deque<Answer>> byHello = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Of nobody yet.
   *
   * @param random what is drawn becomes visible, so it need not be secret
   */
  public RecentAnswers(RandomGenerator random) {
    this.random = random;
  }

  /**
   * What a cover's time for an answer depends on: a larger key share costs it more, another name
   * may be a site elsewhere.
   */
  private record Asked(HelloKind kind, @Nullable String name) {
    static Asked by(ClientHello hello) {
      return new Asked(hello.kind(), hello.serverName());
    }
  }

  private record Answer(AddressBits network, long when, long nanos) {}

  /**
   * One was answered.
   *
   * @param now by {@link System#nanoTime}
   * @param nanos that it waited
   */
  public synchronized void add(ClientHello hello, AddressBits from, long now, long nanos) {
    Deque<Answer> answers = byHello.get(Asked.by(hello));
    if (answers == null) {
      return;
    }
    AddressBits network = from.network();
    List<Answer> own = answers.stream().filter(answer -> answer.network.equals(network)).toList();
    if (own.size() == ENOUGH) {
      answers.remove(own.getFirst());
    } else if (answers.size() == KEPT) {
      answers.removeFirst();
    }
    answers.addLast(new Answer(network, now, nanos));
  }

  /**
   * A wait between two of them that lie side by side, in nanoseconds, another one each time: the
   * same few again and again no server shows. 0 where there were too few of late.
   *
   * @param hello a client's
   * @param now by {@link System#nanoTime}
   */
  public synchronized long draw(ClientHello hello, long now) {
    Deque<Answer> answers = byHello.computeIfAbsent(Asked.by(hello), none -> new ArrayDeque<>());
    if (byHello.size() > MOST_HELLOS) {
      byHello.pollFirstEntry();
    }
    answers.removeIf(answer -> now - answer.when > LATE_NANOS);
    if (answers.size() < ENOUGH) {
      return 0;
    }
    long[] sorted = new long[answers.size()];
    int count = 0;
    for (Answer answer : answers) {
      sorted[count++] = answer.nanos;
    }
    Arrays.sort(sorted);
    int lower = random.nextInt(sorted.length - 1);
    return sorted[lower] + random.nextLong(sorted[lower + 1] - sorted[lower] + 1);
  }
}
