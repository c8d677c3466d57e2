package io.doppelfleet.launcher.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that nothing can be run from; every mistake in it, in the order of the lines. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  /** With at least one mistake. */
  ConfigurationException(List<Mistake> mistakes) {
    super(
        mistakes.stream()
            .sorted(Comparator.comparingInt(Mistake::line))
            .map(Mistake::toString)
            .distinct()
            .collect(Collectors.joining("\n")));
  }

  /** With one mistake that has no line. */
  ConfigurationException(String origin, String message) {
    this(List.of(new Mistake(origin, 0, message)));
  }
}
