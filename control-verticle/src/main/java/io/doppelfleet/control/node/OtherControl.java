package io.doppelfleet.control.node;

import io.doppelfleet.fleet.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Another control of the same store, as it says itself.
 *
 * @param id of its process
 * @param number among the controls of the store, from 1
 * @param address where nodes come in there; null: none may
 */
public record OtherControl(String id, int number, @Nullable HostPort address) {}
