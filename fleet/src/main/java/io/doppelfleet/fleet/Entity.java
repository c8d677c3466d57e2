package io.doppelfleet.fleet;

/** One part of a {@link FleetState}, which revisions add, change and remove as a whole. */
public sealed interface Entity permits FleetSecret, Ban, PrefixList, Settings {
  /** What it is. */
  Kind kind();

  /** What tells it from the others of its kind: 1..64 characters of ASCII. */
  String id();

  /** The kinds, in the order in which a state has them. */
  enum Kind {
    /** {@link FleetSecret}, by its name. */
    SECRET,
    /** {@link Ban}, by its prefix. */
    BAN,
    /** {@link PrefixList}, by its name. */
    LIST,
    /** {@link Settings}, of which there is one. */
    SETTINGS
  }
}
