package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.seal.SealException;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What controls of a PostgreSQL store call to each other: whoever listens hears it at once, and it
 * is kept nowhere. Who may use the database can listen and call, too, so it is sealed, under keys
 * of the fleet's. Safe for use by many threads, all of which it may block: none may be an event
 * loop.
 *
 * <p>A call, format 1, is {@code 1:CALLER:SEALED}, the last in base 64.
 */
public final class Calls {
  /** Bytes that are called at once: PostgreSQL takes 7,999 characters. */
  public static final int MOST = 5_800;

  static final String CHANNEL = "doppelfleet_calls";

  private static final String FORMAT = "1";
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private final Transactions transactions;
  private final Seals seals;

  Calls(Transactions transactions, Seals seals) {
    this.transactions = transactions;
    this.seals = seals;
  }

  /** Who hears, on a thread that it mustn't block. */
  @FunctionalInterface
  public interface Hearer {
    /** Something that was called, of this control itself too. */
    void heard(String caller, byte[] said);
  }

  /**
   * Calls these, all or none, in their order.
   *
   * @param caller 1..64 of {@code a-z A-Z 0-9 . _ -}, and another at each start of a process: with
   *     it goes a key
   * @param all {@value #MOST} bytes each at most
   * @throws StoreException where the store is away; who listens may have heard them all the same
   */
  public void call(String caller, List<byte[]> all) throws StoreException {
    String[] texts = all.stream().map(each -> text(caller, each)).toArray(String[]::new);
    transactions.run(
        "other controls can't be told",
        (connection, rows) -> {
          // It isn't in any table, so nobody has to wait until it is on the disk.
          try (PreparedStatement notify =
              connection.prepareStatement(
                  "SELECT set_config('synchronous_commit', 'off', true),"
                      + " COUNT(pg_notify('"
                      + CHANNEL
                      + "', text)) FROM UNNEST(?) AS text")) {
            Array array = connection.createArrayOf("text", texts);
            notify.setArray(1, array);
            notify.executeQuery().close();
          }
          transactions.commit(connection);
          return null;
        });
  }

  private String text(String caller, byte[] said) {
    byte[] sealed = seals.sealAs(caller, said);
    return FORMAT + ":" + caller + ":" + Base64.getEncoder().encodeToString(sealed);
  }

  /** What was heard goes to who hears, if it is a call of somebody who has the fleet's key. */
  void heard(String text, Hearer hearer) {
    String[] parts = text.split(":", 3);
    if (parts.length != 3 || !parts[0].equals(FORMAT)) {
      return; // a later version's
    }
    byte[] said;
    try {
      said = seals.openAs(parts[1], Base64.getDecoder().decode(parts[2]));
    } catch (SealException | IllegalArgumentException e) {
      LOG.debug("what {} says to other controls can't be read: {}", parts[1], e.getMessage());
      return;
    }
    hearer.heard(parts[1], said);
  }
}
