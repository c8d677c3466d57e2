package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Octets;

/**
 * What somebody's codes are made of.
 *
 * @param bytes 20
 * @param isConfirmed whether its owner has said a code of it, and has to from then on
 * @param step 30 s since 1970: of the last code that was taken; of that and those before none is
 *     again
 */
public record Seed(Octets bytes, boolean isConfirmed, long step) {
  /** Without the bytes. */
  @Override
  public String toString() {
    return "Seed[isConfirmed=" + isConfirmed + ", step=" + step + "]";
  }
}
