package io.doppelfleet.control.store;

import java.nio.file.Path;

/**
 * The key that the store is sealed under.
 *
 * @param id what tells it from others, and tells nothing of it: 16 hex digits
 * @param file where it is
 */
public record FleetKey(String id, Path file) {}
