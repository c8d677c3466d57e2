package io.doppelfleet.control.store;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.StateJson;
import io.doppelfleet.fleet.seal.SealException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states that are in a store's rows. The present one is kept, and only its changes are read.
 */
final class States {
  private volatile @Nullable Kept kept;

  /**
   * The present state.
   *
   * @param line the checksum that the history has of it
   */
  private record Kept(KnownState known, String line) {}

  /** What was written last. */
  void wrote(KnownState state) {
    kept = new Kept(state, state.checksum());
  }

  /** What was kept may not be what the store has. */
  void forget() {
    kept = null;
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
    Kept last = kept;
    if (last != null && last.line.equals(line.checksum())) {
      return last.known;
    }
    KnownState known = null;
    if (last != null && last.known.revision() < line.number()) {
      known = advanced(rows, last.known, line.number());
    }
    if (known == null || !isOf(known, line)) {
      known = loaded(rows, line);
    }
    kept = new Kept(known, line.checksum());
    return known;
  }

  private static KnownState advanced(Rows rows, KnownState from, long to)
      throws SQLException, SealException, StoreException {
    List<Entity> added = rows.between(from.revision(), to);
    return from.next(from.state().changed(to, added, rows.ended(from.revision(), to)));
  }

  private static KnownState loaded(Rows rows, Revision line)
      throws SQLException, SealException, StoreException {
    KnownState known = KnownState.of(FleetState.of(line.number(), rows.at(line.number())));
    if (!isOf(known, line)) {
      throw new StoreException(
          "revision "
              + line.number()
              + " isn't what was written: the store was changed by another hand, restore it from a"
              + " backup");
    }
    return known;
  }

  /** Revisions that were written before checksums were made of parts have one of the whole. */
  private static boolean isOf(KnownState known, Revision line) {
    return known.checksum().equals(line.checksum())
        || HexFormat.of().formatHex(StateJson.checksum(known.state())).equals(line.checksum());
  }
}
