package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Stamp;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What nodes hold of secrets' limits, in memory alone: what they were granted here, and what others
 * say that another control granted them, from which this one may have to take over. Of a secret of
 * which a node has told nothing for {@value LimitQuestion#LEASE_SECONDS} s it has nothing any more,
 * and holds none of it by then. Not safe for use by several threads.
 */
final class LimitBook {
  /** So long after a node's question what it was granted then is its own. */
  static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(LimitQuestion.LEASE_SECONDS);

  private static final long TIDY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Supplier<FleetState> states;
  private final LongSupplier nanoTime;
  private final SeatShares seats = new SeatShares();
  private final RateShares rates = new RateShares();
  private final PlaceCounts counted;
  private final Removed gone = new Removed();
  private final Map<String, Last> lastByNode = new HashMap<>();

  /** When what was seen or held too long ago went. */
  private long tidied;

  private @Nullable FleetState state;

  /** Those of that state, by secret. */
  private Map<String, Limited> limits = Map.of();

  /**
   * A secret.
   *
   * @param generation of its newest key
   */
  private record Limited(Limits limits, int generation) {}

  /**
   * A node's last question.
   *
   * @param since when it came, by the monotonic clock
   */
  private record Last(Stamp stamp, long since) {}

  /**
   * Empty.
   *
   * @param states the one that nodes were told last
   * @param nanoTime a clock like {@link System#nanoTime}
   * @param uncounted addresses of clients for which there was no room
   */
  LimitBook(Supplier<FleetState> states, LongSupplier nanoTime, Counter uncounted) {
    this.states = states;
    this.nanoTime = nanoTime;
    this.counted = new PlaceCounts(uncounted);
    this.tidied = nanoTime.getAsLong();
  }

  /**
   * What a node has from now on.
   *
   * @return null: it has asked again meanwhile, and goes by the answer to that
   */
  @Nullable List<LimitAnswer.Share> grant(LimitQuestion question) {
    long now = nanoTime.getAsLong();
    if (!isLast(question.stamp(), now)) {
      return null;
    }
    List<LimitAnswer.Share> shares = new ArrayList<>();
    for (LimitQuestion.Use use : usesOf(question)) {
      Limited limit = limits().get(use.secret());
      if (limit != null) {
        shares.add(share(use, limit, question.stamp().sender(), now));
      }
    }
    return shares;
  }

  /**
   * What a node holds that it wasn't granted here, or not yet: nothing of what it waits for. What
   * was granted here for the same question it has, too: two controls may have answered it, one
   * after the other.
   *
   * @return whether it was noted: not where the node has said something later
   */
  boolean note(LimitQuestion question) {
    long now = nanoTime.getAsLong();
    Last last = lastByNode.get(question.stamp().sender());
    boolean again = last != null && last.stamp.equals(question.stamp());
    if (!isLast(question.stamp(), now)) {
      return false;
    }
    for (LimitQuestion.Use use : usesOf(question)) {
      Limited limit = limits().get(use.secret());
      if (limit != null) {
        note(use, limit, question.stamp().sender(), again, now);
      }
    }
    return true;
  }

  private void note(LimitQuestion.Use use, Limited limited, String node, boolean again, long now) {
    LimitQuestion.Connections connections = use.connections();
    if (limited.limits.connections() != null && connections != null) {
      seats.note(use.secret(), node, connections, again, now);
    }
    Limits.AddressLimit places = limited.limits.addresses();
    LimitQuestion.Addresses told = use.addresses();
    if (places != null && told != null) {
      LimitQuestion.Addresses seen =
          new LimitQuestion.Addresses(told.generation(), List.of(), told.seen());
      counted.admit(use.secret(), places, limited.generation, node, seen, now);
    }
    LimitQuestion.Rate rate = use.rate();
    if (limited.limits.rate() != null && rate != null) {
      rates.note(use.secret(), node, rate, again, now);
    }
  }

  /** What a node holds then, as it would say it, that may not live to do so. */
  static LimitQuestion holds(LimitQuestion question, List<LimitAnswer.Share> shares) {
    Map<String, LimitQuestion.Use> uses = new HashMap<>();
    question.uses().forEach(use -> uses.put(use.secret(), use));
    return new LimitQuestion(
        question.stamp(),
        shares.stream()
            .map(share -> holds(Objects.requireNonNull(uses.get(share.secret())), share))
            .toList());
  }

  private static LimitQuestion.Use holds(LimitQuestion.Use use, LimitAnswer.Share share) {
    LimitQuestion.Connections told = use.connections();
    Integer seats = share.connections();
    LimitQuestion.Addresses places = use.addresses();
    List<Integer> admitted = share.addresses();
    LimitQuestion.Rate rate = use.rate();
    Long speed = share.rate();
    return new LimitQuestion.Use(
        use.secret(),
        told == null || seats == null
            ? null
            : new LimitQuestion.Connections(told.taken(), 0, Math.max(told.held(), seats)),
        places == null || admitted == null
            ? null
            : new LimitQuestion.Addresses(
                places.generation(),
                List.of(),
                Stream.concat(admitted.stream(), places.seen().stream())
                    .limit(LimitQuestion.MOST_TOKENS)
                    .toList()),
        rate == null || speed == null
            ? null
            : new LimitQuestion.Rate(rate.wanted(), Math.max(rate.held(), speed)));
  }

  private List<LimitQuestion.Use> usesOf(LimitQuestion question) {
    return gone.has(question.stamp().sender()) ? List.of() : question.uses();
  }

  /** One that waited on its way may come after a later one. */
  private boolean isLast(Stamp stamp, long now) {
    if (now - tidied >= TIDY_NANOS) {
      tidy(now);
    }
    Last last = lastByNode.get(stamp.sender());
    if (last != null && isHeld(last, now) && last.stamp.isAfter(stamp)) {
      return false;
    }
    lastByNode.put(stamp.sender(), new Last(stamp, now));
    return true;
  }

  private void tidy(long now) {
    counted.forget(now);
    seats.forget(now);
    rates.forget(now);
    lastByNode.values().removeIf(each -> !isHeld(each, now));
    tidied = now;
  }

  private static boolean isHeld(Last last, long now) {
    return now - last.since < LEASE_NANOS;
  }

  private LimitAnswer.Share share(LimitQuestion.Use use, Limited limited, String node, long now) {
    Limits limit = limited.limits;
    Integer most = limit.connections();
    LimitQuestion.Connections connections = use.connections();
    Limits.AddressLimit places = limit.addresses();
    LimitQuestion.Addresses addresses = use.addresses();
    Long speed = limit.rate();
    LimitQuestion.Rate rate = use.rate();
    return new LimitAnswer.Share(
        use.secret(),
        most == null || connections == null
            ? null
            : seats.grant(use.secret(), most, node, connections, now),
        places == null || addresses == null
            ? null
            : counted.admit(use.secret(), places, limited.generation, node, addresses, now),
        speed == null || rate == null ? null : rates.grant(use.secret(), speed, node, rate, now));
  }

  @SuppressWarnings("ReferenceEquality") // of 100,000 secrets a comparison takes as long
  private Map<String, Limited> limits() {
    FleetState present = states.get();
    if (present != state) {
      Map<String, Limited> next = new HashMap<>();
      Set<String> byAddress = new HashSet<>();
      for (FleetSecret secret : present.secrets()) {
        Limits own = present.limits(secret);
        if (own.connections() != null || own.addresses() != null || own.rate() != null) {
          next.put(secret.name(), new Limited(own, secret.newest().generation()));
        }
        if (own.addresses() != null) {
          byAddress.add(secret.name());
        }
      }
      state = present;
      limits = next;
      counted.keep(byAddress);
    }
    return limits;
  }

  /** A node was removed: the addresses that it told of may be made up, and those that it tells. */
  void forget(String node) {
    gone.add(node);
    counted.forget(node);
  }
}
