package io.doppelfleet.control.store;

import org.jspecify.annotations.Nullable;

/**
 * Who means to change what is no part of the state.
 *
 * @param by who
 * @param origin from where: an address, or {@code unix}
 * @param seen the version of all of the kind that they have seen and mean to change; null:
 *     whichever is present
 */
public record Intent(Maker by, String origin, @Nullable Long seen) {
  /** How the audit log has it. */
  Edit edit(String what) {
    return new Edit(by.author(), origin, what);
  }
}
