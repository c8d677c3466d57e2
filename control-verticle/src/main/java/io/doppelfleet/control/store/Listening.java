package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of a PostgreSQL server at once that something was written or called, on a connection and a
 * thread of its own. Where that isn't to be had, as of a pooler that keeps no sessions, nothing is
 * heard: who looks now and then finds it all the same.
 */
final class Listening implements AutoCloseable {
  /** After so long without a word it is asked whether the server is there. */
  private static final int WAIT_MILLIS = 10_000;

  private static final int ANSWER_SECONDS = 10;
  private static final long AGAIN_MILLIS = 1_000;

  /** So long its end is waited for. */
  private static final long END_MILLIS = 2_000;

  private static final String CHANNEL = "doppelfleet";
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final String url;
  private final Properties properties;
  private final Runnable wrote;
  private final Consumer<String> called;
  private final Thread thread;
  private volatile @Nullable Connection connection;
  private volatile boolean over;

  private Listening(HikariDataSource pool, Runnable wrote, Consumer<String> called) {
    this.url = pool.getJdbcUrl();
    this.properties = (Properties) pool.getDataSourceProperties().clone();
    this.wrote = wrote;
    this.called = called;
    this.thread = Thread.ofPlatform().daemon().name("doppelfleet-listening").unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param pool of the same server
   * @param wrote is told on the thread, once at each beginning too: what was written before that
   *     wasn't heard
   * @param called is told there of each call
   */
  static Listening begin(HikariDataSource pool, Runnable wrote, Consumer<String> called) {
    Listening listening = new Listening(pool, wrote, called);
    listening.thread.start();
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
      try (Connection own = DriverManager.getConnection(url, properties)) {
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

  private void listen(Connection own) throws SQLException {
    execute(own, "LISTEN " + CHANNEL);
    execute(own, "LISTEN " + Calls.CHANNEL);
    wrote.run();
    PGConnection server = own.unwrap(PGConnection.class);
    while (!over) {
      PGNotification[] all = server.getNotifications(WAIT_MILLIS);
      if (all != null && all.length > 0) {
        hear(all);
      } else if (!over && !own.isValid(ANSWER_SECONDS)) {
        return;
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
