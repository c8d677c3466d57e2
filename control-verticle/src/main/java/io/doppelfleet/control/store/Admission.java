package io.doppelfleet.control.store;

/** What the roster says to a machine at the door. */
public sealed interface Admission {
  /**
   * It is a node of the fleet.
   *
   * @param epoch of its messages from now on: greater than that of each link before
   */
  record Admitted(Member member, long epoch) implements Admission {}

  /** It was one, and is no more. */
  record Removed(String name) implements Admission {}

  /**
   * It is one, and another process of it has a link to another control.
   *
   * @param member whose disk was copied, it seems
   */
  record Held(Member member) implements Admission {}

  /**
   * It is not one.
   *
   * @param why for its operator
   */
  record Refused(String why) implements Admission {}
}
