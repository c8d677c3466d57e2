package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.hello.HelloMould;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at a site: some hellos of each kind, then some pages. For one thread, which it blocks.
 */
public final class Look {
  private static final Logger LOG = LoggerFactory.getLogger(Look.class);

  private static final int RANDOM_AT = 11;
  private static final int RANDOM_LENGTH = 32;

  private final Bounds bounds;
  private final Doppel doppel;
  private final Random random;
  private final Clock clock;
  private final Leash leash;
  private final List<byte[]> lost = new ArrayList<>();
  private boolean leadsBack;

  /** What to do beside sending hellos. */
  public enum Visit {
    /** Nothing. */
    NONE,
    /** Load pages. */
    PAGES,
    /** Load pages, and find out whether a visitor would trust who signed the certificate. */
    THOROUGH
  }

  /**
   * A look that wasn't begun.
   *
   * @param doppel knows our own hellos where they arrive here
   * @param random of the hellos, must be unpredictable
   */
  public Look(Bounds bounds, Doppel doppel, Random random, Clock clock) {
    this(bounds, doppel, random, clock, new byte[0]);
  }

  /** The same, with what each connection to the site begins with. */
  Look(Bounds bounds, Doppel doppel, Random random, Clock clock, byte[] first) {
    this.leash = new Leash(first);
    this.bounds = bounds;
    this.doppel = doppel;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Looks.
   *
   * @param addresses of the site, one at least; the first that can be reached is asked
   * @param host the name to ask for
   * @param kinds of hellos, one at least
   * @param each so many hellos of each kind, at least 1
   * @param visit whether to load pages, and how
   */
  public Findings at(
      List<InetSocketAddress> addresses,
      String host,
      List<HelloMould> kinds,
      int each,
      Visit visit) {
    InetSocketAddress to = addresses.getFirst();
    Map<HelloMould, List<Sighting>> sightings = new LinkedHashMap<>();
    Sighting first = send(to, host, kinds.getFirst());
    for (int i = 1; i < addresses.size() && first.seen() instanceof Seen.Unreachable; i++) {
      to = addresses.get(i);
      first = send(to, host, kinds.getFirst());
    }
    sightings.put(kinds.getFirst(), new ArrayList<>(List.of(first)));
    boolean there =
        !(leadsBack
            || first.seen() instanceof Seen.Unreachable
            || first.seen() instanceof Seen.Slow);
    Set<HelloMould> able = new LinkedHashSet<>(kinds);
    for (int i = 0; there && i < each; i++) {
      for (HelloMould kind : kinds) {
        if ((i > 0 || !kind.equals(kinds.getFirst())) && able.contains(kind) && !leash.pulled()) {
          try {
            Sighting next = send(to, host, kind);
            sightings.computeIfAbsent(kind, none -> new ArrayList<>()).add(next);
          } catch (RuntimeException e) { // of the hello's making: the others are not to suffer
            LOG.debug("no hello of the kind {} can be made for {}", kind.kind(), host, e);
            able.remove(kind);
          }
        }
      }
    }
    @Nullable Pages pages = null;
    @Nullable String failure = null;
    boolean answered =
        sightings.values().stream()
            .flatMap(List::stream)
            .anyMatch(sighting -> sighting.seen() instanceof Seen.Flight);
    if (visit != Visit.NONE && answered) {
      try {
        pages = new PageLoad(bounds, leash).visit(to, host, visit == Visit.THOROUGH);
      } catch (IOException e) {
        failure = String.valueOf(e.getMessage());
      }
    }
    return new Findings(clock.instant(), to, host, sightings, pages, failure, leadsBack);
  }

  /**
   * Sends one, and another where that one arrived at this node and got no answer. In a loop no
   * hello gets any; but who sees ours on its way to the site can send it here as well, and then the
   * site answers all the same.
   */
  private Sighting send(InetSocketAddress to, String host, HelloMould kind) {
    Sent first = once(to, host, kind);
    if (!first.isLost()) {
      if (!(first.sighting.seen() instanceof Seen.Unreachable)) {
        doppel.coverSeen();
      }
      return first.sighting;
    }
    Sent second = once(to, host, kind);
    leadsBack |= second.isLost();
    return second.sighting;
  }

  /** What became of a hello, and whether it arrived at this node. */
  private record Sent(Sighting sighting, boolean cameBack) {
    boolean isLost() {
      return cameBack && sighting.isUnanswered();
    }
  }

  private Sent once(InetSocketAddress to, String host, HelloMould kind) {
    byte[] hello = kind.fresh(host, random);
    byte[] own = Arrays.copyOfRange(hello, RANDOM_AT, RANDOM_AT + RANDOM_LENGTH);
    doppel.sending(own);
    lost.add(own); // until it is known not to be
    Sighting sighting = new FlightProbe(bounds, leash).send(to, hello, () -> doppel.cameBack(own));
    Sent sent = new Sent(sighting, doppel.cameBack(own));
    if (!sent.isLost()) {
      lost.removeLast();
      doppel.sent(own);
    }
    return sent;
  }

  /**
   * Forgets the hellos that came back without an answer. In a loop they still go round, and are to
   * be known for ours until the cover is refused.
   */
  void forget() {
    lost.forEach(doppel::sent);
  }

  /** Ends it early, from another thread; what was found is returned. */
  public void end() {
    try {
      leash.pull();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
