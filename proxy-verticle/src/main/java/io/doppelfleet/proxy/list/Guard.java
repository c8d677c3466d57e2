package io.doppelfleet.proxy.list;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.Doubts;
import io.doppelfleet.fleet.address.PrefixSet;
import java.util.EnumSet;
import java.util.Set;

/** Looks whether a list does what nobody means, unless the operator has confirmed that. */
final class Guard {
  private final String name;
  private final PrefixList.Use use;
  private final Set<Danger> confirmed;

  Guard(ListOptions options) {
    this.name = options.name();
    this.use = options.use();
    this.confirmed = options.confirmed();
  }

  /**
   * Looks at the next list.
   *
   * @param before the one that it comes after, which may be empty
   * @throws BadListException that says what it does, and how that is confirmed
   */
  void check(PrefixSet next, PrefixSet before) throws BadListException {
    Doubts doubts = Doubts.of(use, next, before, confirmed);
    if (!doubts.dangers().isEmpty()) {
      throw new BadListException(
          doubts.why()
              + ": if that is meant, write confirm: ["
              + words(doubts.dangers())
              + "] in proxy.lists."
              + name);
    }
  }

  /** Those that were found, and those that stand there already. */
  private String words(Set<Danger> found) {
    Set<Danger> all = EnumSet.copyOf(found);
    all.addAll(confirmed);
    return Doubts.words(all);
  }
}
