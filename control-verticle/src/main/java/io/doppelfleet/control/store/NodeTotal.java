package io.doppelfleet.control.store;

/**
 * What all secrets together have moved through a node in all.
 *
 * @param node the node's name
 * @param moved since the names are known
 * @param open connections, as the node said last
 */
public record NodeTotal(String node, Moved moved, long open) {}
