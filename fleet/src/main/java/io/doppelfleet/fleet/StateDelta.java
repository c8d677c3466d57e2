package io.doppelfleet.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How one state becomes the present one. One that changes nothing says which state is the present
 * one, so that a message that was lost before is missed.
 *
 * @param stamp of the control
 * @param from the revision that it is made for
 * @param revision the present one
 * @param checksum of the present state, as in {@link KnownState}
 * @param signature of that checksum
 * @param entities those that were added or changed
 * @param gone those that were removed
 */
public record StateDelta(
    Stamp stamp,
    long from,
    long revision,
    String checksum,
    StateSignature signature,
    List<Entity> entities,
    List<EntityId> gone)
    implements FleetMessage {
  /** Where controls publish it. */
  public static final String ADDRESS = "doppelfleet.state";

  /** Copies the lists and checks the numbers. */
  public StateDelta {
    Bounds.number("from", from, 1, Long.MAX_VALUE);
    Bounds.number("revision", revision, from, Long.MAX_VALUE);
    if (!checksum.matches("[0-9a-f]{64}")) {
      throw new InvalidValueException("checksum", "is no SHA-256: 64 hex digits would be right");
    }
    entities = List.copyOf(entities);
    gone = List.copyOf(gone);
  }

  /** That this is still the present state. */
  public static StateDelta still(Stamp stamp, KnownState present, StateSignature signature) {
    long revision = present.revision();
    return new StateDelta(
        stamp, revision, revision, present.checksum(), signature, List.of(), List.of());
  }

  /**
   * From one state to a later one.
   *
   * @param signature of the later one's checksum
   */
  public static StateDelta between(
      Stamp stamp, KnownState from, KnownState to, StateSignature signature) {
    List<Entity> entities = new ArrayList<>();
    List<EntityId> gone = new ArrayList<>();
    for (StateDiff.Change change : StateDiff.between(from.state(), to.state()).changes()) {
      if (change.after() == null) {
        gone.add(new EntityId(change.kind(), change.id()));
      } else {
        entities.add(change.after());
      }
    }
    return new StateDelta(
        stamp, from.revision(), to.revision(), to.checksum(), signature, entities, gone);
  }

  /**
   * The present state, made of another; empty where that isn't the one that this is made for, or
   * the checksum of what comes of it is wrong. Then a snapshot is to be asked for.
   *
   * @throws InvalidValueException where what comes of it is no state
   */
  public Optional<KnownState> on(KnownState state) {
    if (state.revision() != from) {
      return Optional.empty();
    }
    KnownState next = state;
    if (from != revision || !entities.isEmpty() || !gone.isEmpty()) {
      next = state.next(state.state().changed(revision, entities, gone));
    }
    return next.checksum().equals(checksum) ? Optional.of(next) : Optional.empty();
  }
}
