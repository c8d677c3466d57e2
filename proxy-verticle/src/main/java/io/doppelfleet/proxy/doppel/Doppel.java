package io.doppelfleet.proxy.doppel;

/** The profile of now, for all event loops. */
public final class Doppel {
  private volatile Profile profile;

  /** With what is known at the start. */
  public Doppel(Profile profile) {
    this.profile = profile;
  }

  /** What is known now. */
  public Profile profile() {
    return profile;
  }

  /** From now on this is known. */
  public void learnt(Profile next) {
    profile = next;
  }
}
