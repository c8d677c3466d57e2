package io.doppelfleet.proxy.doppel;

/** What is known of the bytes that follow those which wait. */
public enum Coming {
  /** They are there already, as a rule: as many came as were asked for. */
  THERE,
  /** They may come: the last ones have just come. */
  PERHAPS,
  /** The same, but the last segment was a short one: its sender had no more just then. */
  HARDLY,
  /** None came for the time that was asked for. */
  NONE_SO_FAR,
  /** None came for that time either, but the sender was in the midst of something. */
  LATE,
  /** None will come, or none may be waited for. */
  NONE
}
