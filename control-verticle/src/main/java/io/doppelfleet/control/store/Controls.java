package io.doppelfleet.control.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which controls use a store, and which of them are there. Safe for use by many threads, all of
 * which it may block: none may be an event loop.
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

  /**
   * A control that has a node beside it is there. Called more often than once in half a minute: one
   * that wasn't for a minute may be gone for good.
   *
   * @throws StoreException where the store is away
   */
  public void seen(int number) throws StoreException {
    transactions.run(
        "which controls are there can't be written",
        (connection, rows) -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE control SET seen_at = CURRENT_TIMESTAMP WHERE number = ?")) {
            update.setInt(1, number);
            update.executeUpdate();
          }
          transactions.commit(connection);
          return null;
        });
  }

  /**
   * The numbers of those that were seen within a minute, by the server's clock; of a store that has
   * one control only none.
   *
   * @throws StoreException where the store is away
   */
  public Set<Integer> present() throws StoreException {
    return transactions.run(
        "which controls are there can't be read",
        (connection, rows) -> {
          Set<Integer> numbers = new HashSet<>();
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT number FROM control"
                          + " WHERE seen_at > CURRENT_TIMESTAMP - INTERVAL '60' SECOND");
              ResultSet found = select.executeQuery()) {
            while (found.next()) {
              numbers.add(found.getInt(1));
            }
          }
          return numbers;
        });
  }

  private static int first(ResultSet found) throws SQLException {
    try (found) {
      return found.next() ? found.getInt(1) : 0;
    }
  }
}
