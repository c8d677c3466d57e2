package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.FlightModel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Traffic;
import io.doppelfleet.proxy.hello.HelloKind;
import io.doppelfleet.proxy.hello.HelloMould;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a site showed.
 *
 * @param at when
 * @param address that was asked
 * @param host the name that was asked for
 * @param sightings by kind of hello, in the order they were sent; a kind has one at least
 * @param pages null where none was asked for, or none came
 * @param pagesFailure why none came, or null
 * @param cameBack whether hellos arrived at this node instead of being answered
 */
public record Findings(
    Instant at,
    InetSocketAddress address,
    String host,
    Map<HelloMould, List<Sighting>> sightings,
    @Nullable Pages pages,
    @Nullable String pagesFailure,
    boolean cameBack) {
  /** Answers, dials and responses that a profile keeps, the newest. */
  private static final int KEPT = 32;

  private static final int RESPONSES_KEPT = 64;

  /** Names and kinds that a profile keeps: as many as one look can ask for. */
  private static final int FLIGHTS_KEPT = 64;

  /**
   * So many answers back, one that this look has not seen may be a server's that it has not met: of
   * some looks, each of which has a few.
   */
  private static final int LATELY = 8;

  /** An ECDSA signature is of 70 to 72 bytes, a few times in a thousand less. */
  private static final int SPREAD = 8;

  /** Copies the map. */
  public Findings {
    sightings = new LinkedHashMap<>(sightings);
  }

  /** The flights that answered hellos of a kind. */
  public List<Seen.Flight> flights(HelloMould mould) {
    List<Seen.Flight> flights = new ArrayList<>();
    for (Sighting sighting : sightings.getOrDefault(mould, List.of())) {
      if (sighting.seen() instanceof Seen.Flight flight) {
        flights.add(flight);
      }
    }
    return flights;
  }

  /** Whether anything was learnt. */
  public boolean any() {
    return sightings.keySet().stream().anyMatch(mould -> !flights(mould).isEmpty());
  }

  /** Whether no connection was taken. */
  boolean unreachable() {
    return sightings.values().stream()
        .flatMap(List::stream)
        .allMatch(sighting -> sighting.seen() instanceof Seen.Unreachable);
  }

  /** Whether the site is this node, by whatever way: a site that answered anything isn't. */
  public boolean leadsBack() {
    return cameBack
        && sightings.values().stream().flatMap(List::stream).allMatch(Sighting::isUnanswered);
  }

  /** What is known with this look, after a profile that may have come of others. */
  public Profile after(Profile old) {
    Map<Asked, FlightModel> flights = new LinkedHashMap<>();
    boolean changed = changed(old); // then what other kinds were answered is no longer true either
    for (FlightModel flight : old.flights()) {
      boolean now = sightings.keySet().stream().anyMatch(of -> of.kind().equals(flight.kind()));
      if (!changed || now || !flight.host().equals(host)) {
        flights.put(new Asked(flight.host(), flight.kind()), flight);
      }
    }
    for (HelloMould mould : sightings.keySet()) {
      Asked asked = new Asked(host, mould.kind());
      FlightModel next = model(mould, flights.remove(asked));
      if (next != null) {
        flights.put(asked, next);
      }
    }
    List<Integer> dials = new ArrayList<>(old.dialMicros());
    sightings.values().stream()
        .flatMap(Collection::stream)
        .filter(sighting -> !(sighting.seen() instanceof Seen.Unreachable))
        .forEach(sighting -> dials.add(sighting.connectMicros()));
    return new Profile(
        old.site(),
        any() ? at : old.learnt(),
        newest(dials, KEPT),
        newest(new ArrayList<>(flights.values()), FLIGHTS_KEPT),
        traffic(old.traffic()));
  }

  /** What an answer depends on. */
  private record Asked(String host, HelloKind kind) {}

  /** What of an answer can't be mixed with another's. */
  private record Manner(int suite, int group, List<Integer> extensions) {
    static Manner of(Seen.Flight flight) {
      return new Manner(flight.suite(), flight.group(), flight.extensions());
    }

    static Manner of(FlightModel model) {
      return new Manner(model.suite(), model.group(), model.extensions());
    }
  }

  /**
   * The answers to hellos of a kind, with those of before. Servers behind one name may differ: a
   * look has too few hellos to meet all of them, so what was seen lately stays, while some answers
   * are like those of before.
   */
  private @Nullable FlightModel model(HelloMould mould, @Nullable FlightModel old) {
    Map<Manner, List<FlightModel.Answer>> seen = new LinkedHashMap<>();
    for (Sighting sighting : sightings.getOrDefault(mould, List.of())) {
      if (sighting.seen() instanceof Seen.Flight flight) {
        seen.computeIfAbsent(Manner.of(flight), none -> new ArrayList<>())
            .add(new FlightModel.Answer(flight.sealed(), sighting.delayMicros()));
      }
    }
    if (seen.isEmpty()) {
      return old;
    }
    // What most of them choose is what a client most often gets; that stays while one still does.
    Manner before = old == null ? null : Manner.of(old);
    Manner manner =
        before != null && seen.containsKey(before)
            ? before
            : Collections.max(
                    seen.entrySet(), Comparator.comparingInt(each -> each.getValue().size()))
                .getKey();
    List<FlightModel.Answer> now = seen.getOrDefault(manner, List.of());
    List<FlightModel.Answer> answers = new ArrayList<>();
    if (old != null && manner.equals(before)) {
      answers.addAll(lasting(old.answers(), now));
    }
    answers.addAll(now);
    return new FlightModel(
        host,
        mould.kind(),
        mould.hybrid(),
        manner.suite(),
        manner.group(),
        manner.extensions(),
        newest(answers, KEPT));
  }

  /** Those of before that a hello may still be answered with, by those of now. */
  private static List<FlightModel.Answer> lasting(
      List<FlightModel.Answer> before, List<FlightModel.Answer> now) {
    if (now.stream().noneMatch(answer -> like(answer, before))) {
      return List.of();
    }
    List<FlightModel.Answer> lately = new ArrayList<>(newest(before, LATELY));
    lately.addAll(now);
    return before.stream().filter(answer -> like(answer, lately)).toList();
  }

  private static boolean like(FlightModel.Answer answer, List<FlightModel.Answer> others) {
    return others.stream().anyMatch(other -> like(answer.sealed(), other.sealed()));
  }

  private static boolean like(List<Integer> one, List<Integer> other) {
    boolean like = one.size() == other.size();
    for (int i = 0; like && i < one.size(); i++) {
      like = Math.abs(one.get(i) - other.get(i)) <= SPREAD;
    }
    return like;
  }

  private @Nullable Traffic traffic(@Nullable Traffic old) {
    Pages now = pages;
    if (now == null) {
      return old;
    }
    List<Traffic.Response> responses = new ArrayList<>();
    boolean same = old != null && old.protocol().equals(now.protocol());
    if (same && old != null) {
      responses.addAll(old.responses());
    }
    responses.addAll(now.responses());
    List<Traffic.Response> firsts = new ArrayList<>();
    if (same && old != null && beginAlike(old.opening(), now.opening())) {
      firsts.addAll(old.firsts());
    }
    firsts.addAll(now.firsts());
    int steady = now.steady();
    if (steady == 0) {
      steady = same && old != null ? old.steady() : Traffic.LONGEST_STEADY;
    }
    return new Traffic(
        now.protocol(),
        steady,
        now.opening(),
        newest(firsts, RESPONSES_KEPT),
        newest(responses, RESPONSES_KEPT));
  }

  /** The records behind the first may have come joined. */
  private static boolean beginAlike(List<Integer> one, List<Integer> other) {
    return one.stream().findFirst().equals(other.stream().findFirst());
  }

  /**
   * Whether the cover answers otherwise than it did: another certificate, say. Then what was known
   * of its flights is forgotten.
   */
  public boolean changed(Profile old) {
    for (HelloMould mould : sightings.keySet()) {
      List<Seen.Flight> now = flights(mould);
      for (FlightModel before : old.flights()) {
        if (before.host().equals(host)
            && before.kind().equals(mould.kind())
            && !now.isEmpty()
            && now.stream()
                .noneMatch(
                    flight ->
                        before.answers().stream()
                            .anyMatch(answer -> like(answer.sealed(), flight.sealed())))) {
          return true;
        }
      }
    }
    return false;
  }

  private static <T> List<T> newest(List<T> all, int most) {
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
