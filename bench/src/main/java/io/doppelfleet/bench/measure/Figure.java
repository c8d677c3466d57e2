package io.doppelfleet.bench.measure;

/**
 * What is measured.
 *
 * @param group figures that belong together
 * @param name unique in its group
 * @param unit of the values
 */
public record Figure(String group, String name, String unit) {}
