package io.doppelfleet.launcher.config;

/** The two prefixes by which the environment and the system properties speak to Doppelfleet. */
final class Origin {
  static final String VARIABLES = "DOPPELFLEET_";
  static final String PROPERTIES = "doppelfleet.";

  private Origin() {}
}
