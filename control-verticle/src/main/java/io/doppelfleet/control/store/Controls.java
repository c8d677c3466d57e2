package io.doppelfleet.control.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/**
 * Which controls use a store. Safe for use by many threads, all of which it may block: none may be
 * an event loop.
 */
public final class Controls {
  private final Transactions transactions;

  Controls(Transactions transactions) {
    this.transactions = transactions;
  }

  /** Whether there may be others. */
  public boolean areSeveral() {
    return transactions.areShared();
  }

  /**
   * The number of a control, from 1, the same at each of its starts; no other ever has it.
   *
   * @param identityFile what tells it from others; made where there may be others, and none is
   *     there
   * @throws StoreException where the store is away, or the file is spoilt or can't be made
   */
  public int number(Path identityFile, RandomGenerator random) throws StoreException {
    if (!areSeveral()) {
      return 1;
    }
    String identity = ControlIdentity.in(identityFile, random);
    return transactions.run(
        "the control can't be numbered",
        (connection, rows) -> {
          Transactions.locked(rows);
          try (PreparedStatement known =
                  connection.prepareStatement("SELECT number FROM control WHERE identity = ?");
              PreparedStatement insert =
                  connection.prepareStatement(
                      "INSERT INTO control (number, identity)"
                          + " SELECT COALESCE(MAX(number), 0) + 1, CAST(? AS VARCHAR) FROM control")) {
            known.setString(1, identity);
            insert.setString(1, identity);
            int number = first(known.executeQuery());
            if (number == 0) {
              insert.executeUpdate();
              number = first(known.executeQuery());
              transactions.commit(connection);
            }
            return number;
          }
        });
  }

  private static int first(ResultSet found) throws SQLException {
    try (found) {
      return found.next() ? found.getInt(1) : 0;
    }
  }
}
