package io.doppelfleet.bench.measure;

/**
 * Where the stand-ins listen, as {@code HOST:PORT}.
 *
 * @param cover the web site
 * @param datacenter Telegram
 */
record Surroundings(String cover, String datacenter) {}
