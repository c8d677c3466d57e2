package io.doppelfleet.proxy.greeting;

import java.net.InetAddress;

/**
 * Who is let in.
 *
 * @param secret whose key made the hello
 * @param from the client's address
 */
public record Guest(LiveSecret secret, InetAddress from) {}
