package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a list does that nobody means, most of the time, and that nobody has confirmed.
 *
 * @param dangers none where it may be used
 * @param why what it does, for the operator; empty where there is nothing
 */
public record Doubts(Set<Danger> dangers, String why) {
  /** A list with less than one of so many prefixes that it had is a part of one, most likely. */
  private static final int FALL = 10;

  /** Shorter prefixes than all that a registry gives to one: a line that was cut, most likely. */
  private static final int WIDE_IPV4 = 8;

  private static final int WIDE_IPV6 = 16;

  /**
   * Looks at the next list.
   *
   * @param before the one that it comes after, which may be empty
   * @param confirmed what is meant
   */
  public static Doubts of(
      PrefixList.Use use, PrefixSet next, PrefixSet before, Set<Danger> confirmed) {
    Set<Danger> found = EnumSet.noneOf(Danger.class);
    List<String> sentences = new ArrayList<>();
    if (use == PrefixList.Use.REFUSE) {
      List<String> refused = new ArrayList<>();
      for (Danger danger : Danger.values()) {
        Optional<String> what = in(danger, next);
        if (what.isPresent() && !confirmed.contains(danger)) {
          found.add(danger);
          refused.add(what.get());
        }
      }
      if (!refused.isEmpty()) {
        sentences.add("it would refuse " + String.join(" and ", refused));
      }
    } else if (next.isWithin(PrefixSet.of(networks(unconfirmed(confirmed))))) {
      unconfirmed(confirmed).filter(danger -> overlaps(danger, next)).forEach(found::add);
      sentences.add("no client comes from any of its addresses, so it would let nobody in");
    }
    if (next.count() < before.count() / (double) FALL && !confirmed.contains(Danger.FEWER)) {
      found.add(Danger.FEWER);
      sentences.add("it has " + next.count() + " prefixes, and had " + before.count());
    }
    return new Doubts(found, String.join(", and ", sentences));
  }

  /**
   * Looks at what all lists of a fleet do together, where each alone may be right.
   *
   * @param present as they are: what they do already is meant
   * @param next as they are to be
   * @param confirmed what is meant
   */
  public static Doubts of(List<PrefixList> present, List<PrefixList> next, Set<Danger> confirmed) {
    if (next.equals(present)) {
      return new Doubts(Set.of(), "");
    }
    Map<Danger, String> found = together(Reach.of(present), Reach.of(next));
    String turned = turned(present, next);
    if (!turned.isEmpty()) {
      found.put(Danger.USE, turned);
    }
    found.keySet().removeAll(confirmed);
    return new Doubts(Set.copyOf(found.keySet()), String.join(", and ", found.values()));
  }

  private static Map<Danger, String> together(Reach present, Reach next) {
    Map<Danger, String> found = new EnumMap<>(Danger.class);
    List<AddressFamily> shut = new ArrayList<>();
    boolean anyMayCome = false;
    for (AddressFamily family : AddressFamily.values()) {
      if (next.isHalfRefused(family) && !present.isHalfRefused(family)) {
        found.put(Danger.EVERYTHING, "together they would refuse half of all addresses or more");
      }
      boolean isOpen = next.isOpen(family);
      anyMayCome |= isOpen;
      if (present.isOpen(family) && !isOpen) {
        shut.add(family);
      }
    }
    if (!shut.isEmpty() && !anyMayCome) {
      found.put(Danger.NOBODY, "together they would let nobody in");
    }
    // A family of which allow lists have nothing is left out on purpose; one that is refused isn't.
    shut.stream()
        .filter(next::isAllowed)
        .forEach(
            family ->
                found.putIfAbsent(Danger.NOBODY, "together they would let nobody in by " + family));
    return found;
  }

  private static String turned(List<PrefixList> present, List<PrefixList> next) {
    Map<String, PrefixList.Use> uses =
        present.stream().collect(Collectors.toMap(PrefixList::name, PrefixList::use));
    return next.stream()
        .filter(list -> uses.getOrDefault(list.name(), list.use()) != list.use())
        .map(
            list ->
                list.use() == PrefixList.Use.REFUSE
                    ? list.name() + " let in, and would refuse"
                    : list.name() + " refused, and would let in")
        .collect(Collectors.joining(", and "));
  }

  /** As they are written where they are confirmed. */
  public static String words(Collection<Danger> dangers) {
    return dangers.stream().sorted().map(Danger::word).collect(Collectors.joining(", "));
  }

  private static Stream<Danger> unconfirmed(Set<Danger> confirmed) {
    return Stream.of(Danger.PRIVATE, Danger.BOGON).filter(danger -> !confirmed.contains(danger));
  }

  private static Collection<Prefix> networks(Stream<Danger> dangers) {
    return dangers.flatMap(danger -> danger.networks().stream()).toList();
  }

  private static boolean overlaps(Danger danger, PrefixSet next) {
    return danger.networks().stream().anyMatch(next::overlaps);
  }

  /** What of it a list has, for the operator; empty: nothing. */
  private static Optional<String> in(Danger danger, PrefixSet next) {
    if (danger == Danger.EVERYTHING) {
      return isHalf(next)
          ? Optional.of("half of all addresses or more")
          : wide(next).map(prefix -> "all of " + prefix);
    }
    return danger.networks().stream()
        .filter(next::overlaps)
        .findFirst()
        .map(network -> "addresses of " + network);
  }

  private static boolean isHalf(PrefixSet next) {
    return Stream.of(AddressFamily.values()).anyMatch(family -> family.isHalf(next));
  }

  /** The first that is wider than what anybody has. */
  private static Optional<Prefix> wide(PrefixSet next) {
    List<Prefix> wide = new ArrayList<>();
    next.forEach(
        (high, low, length) -> {
          if (wide.isEmpty() && mayBeWide(length)) {
            Prefix prefix = new AddressBits(high, low).prefix(length);
            if (isSomebodys(prefix)) {
              wide.add(prefix);
            }
          }
        });
    return wide.stream().findFirst();
  }

  private static boolean mayBeWide(int length) {
    return length < WIDE_IPV6 || (length >= 96 && length < 96 + WIDE_IPV4);
  }

  private static boolean isSomebodys(Prefix prefix) {
    PrefixSet alone = PrefixSet.of(List.of(prefix));
    return prefix.address() instanceof Inet4Address
        ? !alone.isWithin(AddressFamily.NOBODYS)
        : prefix.length() < WIDE_IPV6 && alone.overlaps(AddressFamily.IPV6.range());
  }
}
