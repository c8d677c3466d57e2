package io.doppelfleet.proxy.greeting;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;

/**
 * Who is let in.
 *
 * @param secret whose key made the hello
 * @param from the client's address
 * @param gate of the listener by which it came
 * @param hello of the hello's digest as much as tells it from others
 */
public record Guest(LiveSecret secret, AddressBits from, ListGate gate, long hello) {}
