package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet key is changed: first the key file has both keys, then the store says that it wants the
 * new one, then all that is under the old one is sealed anew, and then the file drops that. So
 * wherever it is cut off, the file opens all that the store has, and the rest can follow.
 */
final class KeyChange {
  private static final Logger LOG = LoggerFactory.getLogger(KeyChange.class);
  private static final String OLD_KEY_STAYS = "the old fleet key stays in the key file";

  private final Seals seals;
  private final Transactions transactions;
  private final States states;
  private final Clock clock;

  KeyChange(Seals seals, Transactions transactions, States states, Clock clock) {
    this.seals = seals;
    this.transactions = transactions;
    this.states = states;
    this.clock = clock;
  }

  FleetKey make(Edit edit) throws StoreException {
    String problem = "the fleet key can't be changed";
    try (Seals.Change change = seals.change()) {
      if (change.isUnfinished()) {
        finish(change); // or what is under the older of two keys would lose it
      }
      String id =
          transactions.run(problem, (connection, rows) -> renew(connection, rows, change, edit));
      finish(change);
      return new FleetKey(id, seals.file());
    } catch (SealException e) {
      throw new StoreException(problem + ": " + e.getMessage(), e);
    }
  }

  /** Where one was cut off; a failure is told, and the next start or change sees to it. */
  void finishWhatWasCutOff() {
    if (!seals.areChanging()) {
      return;
    }
    try (Seals.Change change = seals.change()) {
      finish(change);
    } catch (SealException e) {
      LOG.warn("{}: {}", OLD_KEY_STAYS, e.getMessage());
    } catch (StoreException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private String renew(Connection connection, Rows rows, Seals.Change change, Edit edit)
      throws SQLException, SealException, StoreException {
    byte[] sealed = Transactions.locked(rows);
    byte[] fingerprints = rows.fingerprints(sealed);
    // Whenever this is cut off, the file has the keys that the store wants.
    SealKey next = change.add(sealed);
    rows.renew(next, fingerprints);
    new AuthorityRows(connection, seals).reseal(next);
    new SeedRows(connection, seals).reseal(next);
    new RepeatRows(connection, seals).forgetAnswers();
    new AuditRows(connection)
        .note(
            edit,
            new Deed(Kind.KEY, next.id(), null, null),
            clock.instant().truncatedTo(ChronoUnit.MILLIS));
    transactions.commit(connection, states.present(rows).revision(), states);
    return next.id();
  }

  /** The store knows whether the change has happened. A page at a time: no writer waits for all. */
  private void finish(Seals.Change change) throws StoreException {
    Rows.Page page = Rows.Page.FIRST;
    while (page != null) {
      Rows.Page from = page;
      page = transactions.run(OLD_KEY_STAYS, (connection, rows) -> reseal(connection, rows, from));
    }
    transactions.run(
        OLD_KEY_STAYS,
        (connection, rows) -> {
          change.keepOnly(Transactions.locked(rows));
          return null;
        });
  }

  private Rows.@Nullable Page reseal(Connection connection, Rows rows, Rows.Page from)
      throws SQLException, SealException, StoreException {
    Rows.Page next = rows.reseal(from, seals.keyOf(Transactions.locked(rows)));
    transactions.commit(connection);
    return next;
  }
}
