package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;

/**
 * Who is let in.
 *
 * @param secret whose key made the hello
 * @param from the client's address
 * @param gate of the listener by which it came
 */
public record Guest(LiveSecret secret, AddressBits from, ListGate gate) {}
