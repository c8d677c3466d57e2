package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.EntityId;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.seal.SealException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states that are in a store's rows. The present one is kept, and only its changes are read.
 */
final class States {
  private volatile @Nullable KnownState present;

  /** What was written last. */
  void wrote(KnownState state) {
    present = state;
  }

  /** What was kept may not be what the store has. */
  void forget() {
    present = null;
  }

  /** The state at a revision. */
  static FleetState at(Rows rows, long revision)
      throws SQLException, SealException, StoreException {
    return loaded(rows, line(rows, revision)).state();
  }

  private static Revision line(Rows rows, long revision) throws SQLException {
    List<Revision> lines = rows.history(revision == Long.MAX_VALUE ? revision : revision + 1, 1);
    if (lines.isEmpty() || lines.getFirst().number() != revision) {
      throw new InvalidValueException(
          "revision", "is " + revision + ": 1 to " + rows.latest() + " would be right");
    }
    return lines.getFirst();
  }

  /** Reads what has changed since the last time, and all where that isn't right. */
  KnownState present(Rows rows) throws SQLException, SealException, StoreException {
    List<Revision> lines = rows.history(Long.MAX_VALUE, 1);
    if (lines.isEmpty()) {
      throw new StoreException("the store has no revision: restore it from a backup");
    }
    Revision line = lines.getFirst();
    KnownState known = present;
    if (known != null && known.checksum().equals(line.checksum())) {
      return known;
    }
    if (known != null && known.state().revision() < line.number()) {
      known = advanced(rows, known.state(), line.number());
    }
    if (known == null || !known.checksum().equals(line.checksum())) {
      known = loaded(rows, line);
    }
    present = known;
    return known;
  }

  private static KnownState advanced(Rows rows, FleetState from, long to)
      throws SQLException, SealException, StoreException {
    Map<EntityId, Entity> entities = new HashMap<>();
    from.entities().forEach(each -> entities.put(EntityId.of(each), each));
    rows.ended(from.revision(), to).forEach(entities::remove);
    rows.between(from.revision(), to).forEach(each -> entities.put(EntityId.of(each), each));
    return KnownState.of(FleetState.of(to, entities.values()));
  }

  private static KnownState loaded(Rows rows, Revision line)
      throws SQLException, SealException, StoreException {
    KnownState known = KnownState.of(FleetState.of(line.number(), rows.at(line.number())));
    if (!known.checksum().equals(line.checksum())) {
      throw new StoreException(
          "revision "
              + line.number()
              + " isn't what was written: the store was changed by another hand, restore it from a"
              + " backup");
    }
    return known;
  }
}
