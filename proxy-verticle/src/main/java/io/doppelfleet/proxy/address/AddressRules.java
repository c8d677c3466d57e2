package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who meets the cover by a state's bans and lists, whatever they know. Immutable. */
public final class AddressRules {
  private final Banned banned;
  private final Listed listed;

  private AddressRules(Banned banned, Listed listed) {
    this.banned = banned;
    this.listed = listed;
  }

  /** One ban alone. */
  public AddressRules(Prefix banned) {
    this(new Banned(List.of(), PrefixSet.of(List.of(banned))), Listed.of(List.of()));
  }

  /**
   * Those that hold at a time. To sort 200,000 prefixes takes long beside clients, and most changes
   * are of secrets: so the sets of the same bans or lists are those of the last ones.
   *
   * @param last of the state before; null: there was none
   */
  public static AddressRules of(FleetState state, Instant now, @Nullable AddressRules last) {
    List<Ban> bans = state.bans().stream().filter(ban -> ban.holdsAt(now)).toList();
    return new AddressRules(
        last != null && last.banned.bans.equals(bans)
            ? new Banned(bans, last.banned.addresses)
            : Banned.of(bans),
        last != null && last.listed.lists.equals(state.lists())
            ? new Listed(state.lists(), last.listed.denied, last.listed.allowed)
            : Listed.of(state.lists()));
  }

  /** Whether an address, as {@link AddressBits} has it, is the cover's. */
  public boolean refuse(long high, long low) {
    return banned.addresses.contains(high, low) || listed.refuse(high, low);
  }

  /** Memory that the lists take, as they are told and as they are asked. */
  public long listBytes() {
    return listed.bytes();
  }

  Banned banned() {
    return banned;
  }

  Listed listed() {
    return listed;
  }

  /**
   * Those who are banned.
   *
   * @param bans of which it is made
   * @param addresses whom they ban
   */
  record Banned(List<Ban> bans, PrefixSet addresses) {
    static Banned of(List<Ban> bans) {
      return new Banned(bans, PrefixSet.of(bans.stream().map(Ban::prefix).toList()));
    }
  }

  /**
   * What the lists say.
   *
   * @param lists of which it is made
   * @param denied whom they refuse
   * @param allowed who may come at all; null: there is no such list
   */
  record Listed(List<PrefixList> lists, PrefixSet denied, @Nullable PrefixSet allowed) {
    static Listed of(List<PrefixList> lists) {
      boolean somebodys = lists.stream().anyMatch(list -> list.use() == PrefixList.Use.ALLOW);
      return new Listed(
          lists,
          PrefixSet.of(lists, PrefixList.Use.REFUSE),
          somebodys ? PrefixSet.of(lists, PrefixList.Use.ALLOW) : null);
    }

    boolean refuse(long high, long low) {
      return denied.contains(high, low) || (allowed != null && !allowed.contains(high, low));
    }

    long bytes() {
      return lists.stream().mapToLong(PrefixList::bytes).sum()
          + denied.bytes()
          + (allowed == null ? 0 : allowed.bytes());
    }
  }
}
