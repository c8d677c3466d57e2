package io.doppelfleet.control.store;

import org.jspecify.annotations.Nullable;

/**
 * How it is with a node, as all controls of a store see it.
 *
 * @param epoch of the link that was opened last
 * @param instance the process whose link that is, as its first word said it; null: it has ended, or
 *     isn't known
 * @param removed whether it belongs to the fleet no more
 */
public record Standing(long epoch, @Nullable String instance, boolean removed) {}
