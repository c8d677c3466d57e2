package io.doppelfleet.fleet;

import java.util.HexFormat;

/**
 * A state with its checksum, which is dear to make of ten thousand secrets.
 *
 * @param state the state
 * @param checksum 64 hex digits: {@link StateJson#checksum}
 */
public record KnownState(FleetState state, String checksum) {
  /** Makes the checksum. */
  public static KnownState of(FleetState state) {
    return new KnownState(state, HexFormat.of().formatHex(StateJson.checksum(state)));
  }

  /** The state's number. */
  public long revision() {
    return state.revision();
  }
}
