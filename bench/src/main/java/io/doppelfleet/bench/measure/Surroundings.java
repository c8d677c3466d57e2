package io.doppelfleet.bench.measure;

/**
 * What every proxy is told: where the stand-ins listen, as {@code HOST:PORT}.
 *
 * @param cover the web site
 * @param datacenter Telegram
 */
public record Surroundings(String cover, String datacenter) {}
