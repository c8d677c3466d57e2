package io.doppelfleet.bench.measure;

/**
 * What is measured.
 *
 * @param group figures that belong together
 * @param name unique in its group
 * @param unit of the values, empty for a ratio
 * @param better which of two values is
 */
public record Figure(String group, String name, String unit, Better better) {

  /** Which of two values is better. */
  public enum Better {
    /** The smaller one. */
    LESS,
    /** The larger one. */
    MORE
  }

  static Figure less(String group, String name, String unit) {
    return new Figure(group, name, unit, Better.LESS);
  }

  static Figure more(String group, String name, String unit) {
    return new Figure(group, name, unit, Better.MORE);
  }
}
