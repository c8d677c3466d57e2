package io.doppelfleet.control.store;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.seal.SealException;
import io.doppelfleet.fleet.seal.SealKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/** What a store has from its beginning: a first revision, and the fleet's own keys. */
final class Beginning {
  private final Transactions transactions;
  private final Seals seals;
  private final Clock clock;
  private final SecureRandom random;

  Beginning(Transactions transactions, Seals seals, Clock clock, SecureRandom random) {
    this.transactions = transactions;
    this.seals = seals;
    this.clock = clock;
    this.random = random;
  }

  /** Writes the first revision where there is none. */
  void begin() throws StoreException {
    if (!isBegun()) {
      try {
        transactions.run("the store can't be begun", this::first);
      } catch (StoreException e) {
        // Of two controls that begin one store, one is too late.
        if (!isBegun()) {
          throw e;
        }
      }
    }
  }

  private boolean isBegun() throws StoreException {
    return transactions.read(
        "the store can't be read",
        (connection, rows) -> {
          byte[] sealed = rows.sealedKey();
          if (sealed != null) {
            rows.fingerprints(sealed); // or the key file isn't its own
          }
          return sealed != null;
        });
  }

  private Void first(Connection connection, Rows rows) throws SQLException, StoreException {
    SealKey key = seals.newest();
    byte[] fingerprints = new byte[SealKey.LENGTH];
    random.nextBytes(fingerprints);
    rows.begin(key, fingerprints);
    FleetState empty = FleetState.of(1, List.of());
    Settings settings = empty.settings();
    StateDiff all =
        new StateDiff(
            0, 1, List.of(new StateDiff.Change(settings.kind(), settings.id(), null, settings)));
    Edit edit = new Edit("doppelfleet", "", "the fleet begins");
    rows.insert(Revision.of(KnownState.of(empty), edit, clock.instant()));
    rows.apply(all, key);
    transactions.commit(connection);
    return null;
  }

  /** The fleet's own keys, which are made where there are none. */
  Authority authority() throws StoreException {
    return transactions.read(
        "the fleet's own keys can't be read",
        (connection, rows) -> {
          AuthorityRows keys = new AuthorityRows(connection, seals);
          Authority kept = keys.read(random);
          return kept == null ? made(connection, rows, keys) : kept;
        });
  }

  /** A new store has none yet, nor has one of a version that knew no nodes. */
  private Authority made(Connection connection, Rows rows, AuthorityRows keys)
      throws SQLException, SealException, StoreException {
    SealKey key = seals.keyOf(Transactions.locked(rows));
    Authority meanwhile = keys.read(random); // another control was first
    if (meanwhile != null) {
      return meanwhile;
    }
    Authority made = Authority.create(clock.instant(), random);
    keys.insert(made, key);
    transactions.commit(connection);
    return made;
  }
}
