package io.doppelfleet.control.store;

/**
 * How it is with a node, as all controls of a store see it.
 *
 * @param epoch of the link that was opened last
 * @param removed whether it belongs to the fleet no more
 */
public record Standing(long epoch, boolean removed) {}
