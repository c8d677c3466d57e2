package io.doppelfleet.control.store;

/**
 * What a secret has moved through a node in all.
 *
 * @param secret its name; it may be gone
 * @param node the node's name
 * @param moved since the name is known
 * @param open connections, as the node said last
 */
public record SecretTotal(String secret, String node, Moved moved, long open) {}
