package io.doppelfleet.proxy.front;

import java.net.InetSocketAddress;

/**
 * A connection's two ends as its client has them.
 *
 * @param from the client's
 * @param to what it connected to
 */
public record Ends(InetSocketAddress from, InetSocketAddress to) {}
