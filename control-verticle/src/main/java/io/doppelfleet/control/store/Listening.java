package io.doppelfleet.control.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of a PostgreSQL server at once that something was written or called, on a connection and a
 * thread of its own. Where that isn't to be had, as of a pooler that keeps no sessions, nothing is
 * heard: who looks now and then finds it all the same. And hears that the server is silent, which
 * stands still or is cut off: nothing else would be known of that for as long as a statement may
 * take.
 */
final class Listening implements AutoCloseable {
  /** After so long without a word it is asked whether the server is there. */
  private static final int WAIT_MILLIS = 2_000;

  /** So long an answer to nothing may take. */
  private static final int ANSWER_SECONDS = 4;

  /**
   * No read may take so long. The driver has no bound of its own in the midst of a message, where
   * the rest of it may never come.
   */
  private static final long STUCK_NANOS = 8_000_000_000L;

  private static final long AGAIN_MILLIS = 1_000;

  /** So long its end is waited for. */
  private static final long END_MILLIS = 2_000;

  private static final String CHANNEL = "doppelfleet";
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final Server server;
  private final Runnable wrote;
  private final Consumer<String> called;
  private final Consumer<SQLException> silent;
  private final Thread thread;
  private final Thread watch;
  private volatile @Nullable Reading reading;
  private volatile @Nullable Connection connection;
  private volatile boolean over;

  private Listening(
      Server server, Runnable wrote, Consumer<String> called, Consumer<SQLException> silent) {
    this.server = server;
    this.wrote = wrote;
    this.called = called;
    this.silent = silent;
    this.thread = Thread.ofPlatform().daemon().name("doppelfleet-listening").unstarted(this::run);
    this.watch = Thread.ofVirtual().name("doppelfleet-listening-watch").unstarted(this::watch);
  }

  /** What the thread waits for. */
  private record Reading(Connection connection, long since) {}

  private interface Read<T extends @Nullable Object> {
    T now() throws SQLException;
  }

  /**
   * Begins.
   *
   * @param wrote is told on the thread, once at each beginning too: what was written before that
   *     wasn't heard
   * @param called is told there of each call
   * @param silent is told there of a server that was heard and says nothing more, not even that it
   *     ends, nor to who asks anew: it may be this connection alone
   */
  static Listening begin(
      Server server, Runnable wrote, Consumer<String> called, Consumer<SQLException> silent) {
    Listening listening = new Listening(server, wrote, called, silent);
    listening.thread.start();
    listening.watch.start();
    return listening;
  }

  /** Has those who listen hear it, when what is done on this connection is committed. */
  static void announce(Connection connection) throws SQLException {
    execute(connection, "NOTIFY " + CHANNEL);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void run() {
    while (!over) {
      try (Connection own = server.connect()) {
        connection = own;
        listen(own);
      } catch (SQLException | RuntimeException e) {
        if (!over) {
          LOG.debug("what other controls write isn't heard at once: {}", e.getMessage());
        }
      }
      try {
        Thread.sleep(over ? 0 : AGAIN_MILLIS);
      } catch (InterruptedException e) {
        return; // it ends
      }
    }
  }

  private void watch() {
    while (!over) {
      try {
        Thread.sleep(AGAIN_MILLIS);
        Reading now = reading;
        if (now != null && System.nanoTime() - now.since > STUCK_NANOS) {
          now.connection.abort(Thread::startVirtualThread); // then the read fails
        }
      } catch (SQLException e) {
        LOG.debug("{}", e.getMessage());
      } catch (InterruptedException e) {
        return; // it ends
      }
    }
  }

  private <T extends @Nullable Object> T read(Connection own, Read<T> read) throws SQLException {
    reading = new Reading(own, System.nanoTime());
    try {
      return read.now();
    } finally {
      reading = null;
    }
  }

  private void listen(Connection own) throws SQLException {
    execute(own, "LISTEN " + CHANNEL);
    execute(own, "LISTEN " + Calls.CHANNEL);
    wrote.run();
    try {
      hearAll(own);
    } catch (SQLException e) {
      if (!over && !Server.hasEnded(e) && server.isSilent() && !over) { // its end interrupts both
        silent.accept(e);
      }
      throw e;
    }
  }

  private void hearAll(Connection own) throws SQLException {
    PGConnection session = own.unwrap(PGConnection.class);
    while (!over) {
      PGNotification[] all = read(own, () -> session.getNotifications(WAIT_MILLIS));
      if (all != null && all.length > 0) {
        hear(all);
      } else if (!over && !read(own, () -> own.isValid(ANSWER_SECONDS))) {
        throw new SQLException("the server doesn't answer", "08006");
      }
    }
  }

  private void hear(PGNotification[] all) {
    boolean written = false;
    for (PGNotification each : all) {
      if (each.getName().equals(CHANNEL)) {
        written = true;
      } else {
        called.accept(each.getParameter());
      }
    }
    if (written) {
      wrote.run();
    }
  }

  /** Hears nothing more. */
  @Override
  public void close() {
    over = true;
    thread.interrupt();
    watch.interrupt();
    try {
      Connection own = connection;
      if (own != null) {
        own.abort(Runnable::run); // who waits for a word wouldn't notice the rest
      }
      thread.join(END_MILLIS);
    } catch (SQLException e) {
      LOG.debug("{}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
