package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Where nodes on other machines reach the control in this process.
 *
 * @param listen the address; port 1..65535
 * @param publicHost what tokens say; null where the operator left it to us
 * @param publicPort what tokens say; null where the operator left it to us
 */
public record NodesElsewhere(
    HostPort listen, @Nullable String publicHost, @Nullable Integer publicPort) {}
