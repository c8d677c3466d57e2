package io.doppelfleet.control.link;

import io.doppelfleet.fleet.HostPort;

/**
 * Where nodes elsewhere come in.
 *
 * @param listen the address; port 1..65535
 * @param reachable what tokens say: where a machine elsewhere finds it
 */
public record LinkOptions(HostPort listen, HostPort reachable) {}
