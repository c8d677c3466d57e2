package io.doppelfleet.proxy.address;

import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who meets the cover by a state's bans and lists, whatever they know. Immutable. */
public final class AddressRules {
  private final PrefixSet refused;

  /** Null where there is no such list. */
  private final @Nullable PrefixSet allowed;

  /** Those that hold at a time. */
  public AddressRules(FleetState state, Instant now) {
    refused =
        PrefixSet.of(
            Stream.concat(
                    state.bans().stream().filter(ban -> ban.holdsAt(now)).map(Ban::prefix),
                    listed(state, PrefixList.Use.REFUSE).stream())
                .toList());
    List<Prefix> only = listed(state, PrefixList.Use.ALLOW);
    allowed = only.isEmpty() ? null : PrefixSet.of(only);
  }

  /** One ban alone. */
  public AddressRules(Prefix banned) {
    refused = PrefixSet.of(List.of(banned));
    allowed = null;
  }

  private static List<Prefix> listed(FleetState state, PrefixList.Use use) {
    return state.lists().stream()
        .filter(list -> list.use() == use)
        .flatMap(list -> list.prefixes().stream())
        .toList();
  }

  /** Whether an address, as {@link AddressBits} has it, is the cover's. */
  public boolean refuse(long high, long low) {
    return refused.contains(high, low) || (allowed != null && !allowed.contains(high, low));
  }
}
