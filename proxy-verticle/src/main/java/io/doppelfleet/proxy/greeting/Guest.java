package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.address.AddressBits;

/**
 * Who is let in.
 *
 * @param secret whose key made the hello
 * @param from the client's address
 */
public record Guest(LiveSecret secret, AddressBits from) {}
