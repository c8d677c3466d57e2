package io.doppelfleet.control.api;

/**
 * Who asks, as the history names them.
 *
 * @param author who
 * @param origin from where: an address, or {@code unix}
 */
public record Caller(String author, String origin) {}
