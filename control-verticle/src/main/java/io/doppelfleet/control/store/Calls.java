package io.doppelfleet.control.store;

import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.seal.SealException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What controls of a PostgreSQL store call to each other: whoever listens hears it at once, and it
 * is kept nowhere. Who may use the database can listen and call, too, so it is sealed, under keys
 * of the fleet's. It goes by a connection of its own, which is given up where it isn't answered
 * within seconds: what is done in the store doesn't wait for it. Safe for use by many threads, all
 * of which it may block: none may be an event loop.
 *
 * <p>A call, format 1, is {@code 1:CALLER:SEALED}, the last in base 64.
 */
public final class Calls {
  /** Bytes that are called at once: PostgreSQL takes 7,999 characters. */
  public static final int MOST = 5_800;

  static final String CHANNEL = "doppelfleet_calls";

  private static final String FORMAT = "1";
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  /** It isn't in any table, so nobody has to wait until it is on the disk. */
  private static final String NOTIFY =
      "SELECT set_config('synchronous_commit', 'off', true), COUNT(pg_notify('"
          + CHANNEL
          + "', text)) FROM UNNEST(?) AS text";

  private final Server server;
  private final Seals seals;
  private @Nullable Connection connection;

  Calls(Server server, Seals seals) {
    this.server = server;
    this.seals = seals;
  }

  /** Who hears, on a thread that it mustn't block. */
  @FunctionalInterface
  public interface Hearer {
    /** Something that was called, of this control itself too. */
    void heard(String caller, byte[] said);
  }

  /**
   * Calls these, all or none, in their order, in one transaction.
   *
   * @param caller 1..64 of {@code a-z A-Z 0-9 . _ -}, and another at each start of a process: with
   *     it goes a key
   * @param all {@value #MOST} bytes each at most
   * @throws StoreException where the store is away; who listens may have heard them all the same
   */
  public void call(String caller, List<byte[]> all) throws StoreException {
    try {
      say(all.stream().map(each -> text(caller, each)).toArray(String[]::new));
    } catch (SQLException e) {
      throw new StoreException("other controls can't be told: " + Engine.POSTGRESQL.meaning(e), e);
    }
  }

  private synchronized void say(String[] texts) throws SQLException {
    Connection own = connection == null ? server.connect() : connection;
    connection = own;
    try (PreparedStatement notify = own.prepareStatement(NOTIFY)) {
      notify.setArray(1, own.createArrayOf("text", texts));
      notify.executeQuery().close();
    } catch (SQLException e) {
      close(); // whatever it was, the next one may be another server's
      throw e;
    }
  }

  /** Until the next call. */
  synchronized void close() {
    Connection own = connection;
    connection = null;
    try {
      if (own != null) {
        own.close();
      }
    } catch (SQLException e) {
      LOG.debug("{}", e.getMessage());
    }
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
