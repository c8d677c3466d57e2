package io.doppelfleet.control.store;

/** Nothing was done, for another has changed meanwhile what the change was meant for. */
public final class SeenException extends StoreException {
  private static final long serialVersionUID = 1;

  SeenException(String kind, long seen, long present) {
    super(
        "is version "
            + seen
            + ", and the present one of all "
            + kind
            + "s is "
            + present
            + ": look at them first");
  }
}
