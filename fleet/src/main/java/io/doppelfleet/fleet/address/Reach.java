package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whom all lists of a fleet let in together, asked of each family by itself: servers may have one
 * of them alone.
 *
 * @param refused by the lists that deny
 * @param closed those, and all from which no client comes out of the Internet
 * @param own of lists that let in such addresses alone: they were confirmed, so clients come
 * @param open of the other lists that let in, everything where there is none at all
 */
record Reach(PrefixSet refused, PrefixSet closed, PrefixSet own, PrefixSet open) {
  /** All of IPv6 that can't be somebody's, in the widest ranges. */
  private static final List<Prefix> NOT_UNICAST =
      Stream.of("::/3", "4000::/2", "8000::/1").map(Prefix::parse).toList();

  private static final PrefixSet NOBODYS = closed(Stream.of());

  static Reach of(List<PrefixList> lists) {
    List<PrefixList> allowing =
        lists.stream().filter(list -> list.use() == PrefixList.Use.ALLOW).toList();
    Stream<Prefix> open =
        allowing.isEmpty()
            ? Stream.of(AddressFamily.values()).map(AddressFamily::range)
            : allowing.stream().filter(list -> !isOwn(list)).flatMap(Reach::prefixes);
    return new Reach(
        PrefixSet.of(lists, PrefixList.Use.REFUSE),
        closed(PrefixSet.prefixes(lists, PrefixList.Use.REFUSE)),
        PrefixSet.of(allowing.stream().filter(Reach::isOwn).flatMap(Reach::prefixes)),
        PrefixSet.of(open));
  }

  private static PrefixSet closed(Stream<Prefix> refused) {
    return PrefixSet.of(
        Stream.of(refused, AddressFamily.nobodys(), NOT_UNICAST.stream()).flatMap(each -> each));
  }

  private static Stream<Prefix> prefixes(PrefixList list) {
    return list.prefixes().stream();
  }

  private static boolean isOwn(PrefixList list) {
    return prefixes(list)
        .allMatch(prefix -> PrefixSet.of(List.of(prefix)).isWithin(AddressFamily.NOBODYS));
  }

  /** Whether half of a family is refused, or more. */
  boolean isHalfRefused(AddressFamily family) {
    return family.isHalf(refused);
  }

  /** Whether a client may come. */
  boolean isOpen(AddressFamily family) {
    return isOpen(family, refused, closed);
  }

  /** Whether one might come if nobody was refused. */
  boolean isAllowed(AddressFamily family) {
    return isOpen(family, PrefixSet.EMPTY, NOBODYS);
  }

  private boolean isOpen(AddressFamily family, PrefixSet toOwn, PrefixSet toOpen) {
    return !own.only(family).isWithin(toOwn) || !open.only(family).isWithin(toOpen);
  }
}
