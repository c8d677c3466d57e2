package io.doppelfleet.standin.datacenter;

/**
 * What the header of a connection said.
 *
 * @param datacenter as it stands there; negative for media
 * @param tag how messages are framed, see {@link io.doppelfleet.standin.wire.Obfuscated2}
 */
public record Arrival(int datacenter, int tag) {}
