package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The two kinds of store, where they differ. */
enum Engine {
  H2("jdbc:h2:file:", "BINARY VARYING", "90097") {
    @Override
    void configure(HikariConfig pool, String url) {
      // A commit is in the file when it returns, and the pool closes what it opened. Its own trace
      // file would have statements in it. A connection that asks the same twice would get its last
      // answer though another has committed between (h2database issues 3894 and 4208).
      pool.setJdbcUrl(
          url
              + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0"
              + ";OPTIMIZE_REUSE_RESULTS=FALSE");
    }

    @Override
    void committed(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CHECKPOINT SYNC"); // or the system would have it, and the disk not yet
      }
    }

    @Override
    void announce(Connection connection) {
      // There is nobody else.
    }

    @Override
    @Nullable Listening listening(
        HikariDataSource pool,
        Runnable wrote,
        Consumer<String> called,
        Consumer<SQLException> silent) {
      return null;
    }
  },
  POSTGRESQL("jdbc:postgresql:", "BYTEA", "25006") {
    @Override
    void configure(HikariConfig pool, String url) {
      pool.setJdbcUrl(url);
      pool.addDataSourceProperty("ApplicationName", "doppelfleet");
      pool.addDataSourceProperty("reWriteBatchedInserts", "true");
      // What a control has locked that is cut off is free when the server finds that it is gone: by
      // tcp_user_timeout where an answer is on its way, which keeps the others from asking.
      pool.addDataSourceProperty(
          "options",
          "-c lock_timeout=10s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
              + " -c tcp_keepalives_count=4 -c tcp_user_timeout=30s");
      pool.addDataSourceProperty("socketTimeout", "60"); // seconds; a server that hangs is away
    }

    @Override
    void committed(Connection connection) {
      // Its log is on the disk when a commit returns.
    }

    @Override
    void announce(Connection connection) throws SQLException {
      Listening.announce(connection);
    }

    @Override
    Listening listening(
        HikariDataSource pool,
        Runnable wrote,
        Consumer<String> called,
        Consumer<SQLException> silent) {
      return Listening.begin(new Server(pool), wrote, called, silent);
    }
  };

  private final String scheme;
  private final String bytes;
  private final String readOnly;

  Engine(String scheme, String bytes, String readOnly) {
    this.scheme = scheme;
    this.bytes = bytes;
    this.readOnly = readOnly;
  }

  /**
   * That of a JDBC URL.
   *
   * @throws StoreException where it is of neither
   */
  static Engine of(String url) throws StoreException {
    for (Engine engine : values()) {
      if (url.startsWith(engine.scheme)) {
        return engine;
      }
    }
    throw new StoreException(
        "the store's url begins with \""
            + url.substring(0, Math.min(url.length(), 16))
            + "\": jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE would be right");
  }

  /** Sets what this engine needs; waits for another's lock end after 10 s. */
  abstract void configure(HikariConfig pool, String url);

  /** Sees to it that a power cut doesn't undo what was committed. */
  abstract void committed(Connection connection) throws SQLException;

  /** Has other controls hear at once of what is done in this transaction, when it is committed. */
  abstract void announce(Connection connection) throws SQLException;

  /**
   * What hears of it, of calls, and of nothing where the server is silent; null where there can be
   * no other control.
   */
  abstract @Nullable Listening listening(
      HikariDataSource pool,
      Runnable wrote,
      Consumer<String> called,
      Consumer<SQLException> silent);

  /** The SQL type of bytes. */
  String bytes() {
    return bytes;
  }

  /** Where H2 keeps all, null for the other. */
  @Nullable Path file(String url) {
    if (this != H2) {
      return null;
    }
    String rest = url.substring(scheme.length());
    int options = rest.indexOf(';');
    String path = options < 0 ? rest : rest.substring(0, options);
    String home = System.getProperty("user.home");
    return Path.of(path.startsWith("~/") ? home + path.substring(1) : path).toAbsolutePath();
  }

  /** Whether a row was there already, in either engine's words. */
  static boolean isDuplicate(SQLException failure) {
    return "23505".equals(failure.getSQLState());
  }

  /**
   * Whether H2 has given its file up: once a write has failed it answers everything with that
   * failure, until all connections are closed and the next one opens the file anew.
   */
  boolean hasClosed(Throwable failure) {
    for (Throwable each = failure; this == H2 && each != null; each = each.getCause()) {
      if (each instanceof IOException
          || (each instanceof SQLException e && "90098".equals(e.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  /** What is wrong and what to do, in the operator's words. */
  String meaning(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.equals(readOnly)) {
          return "the store is read-only: make it writable";
        }
        if (state.equals("53100")) {
          return "the store's disk is full: make room";
        }
        if (state.equals("55P03") || state.startsWith("HYT00")) {
          return "another control has held the store for more than 10 s: try again";
        }
        if (state.equals("90020")) {
          return "another process has the store open: an H2 store has one control";
        }
        if (state.startsWith("28")) {
          return "the store refuses the user or the password";
        }
        if (state.startsWith("08") || state.startsWith("57P0")) { // 57P0: the server ends or begins
          return "the store can't be reached";
        }
      }
      if (each instanceof IOException) {
        return "the store's file can't be used (" + each.getMessage() + ")";
      }
    }
    return failure instanceof SQLException e && "HY000".equals(e.getSQLState())
        ? "the store's engine failed (error " + e.getErrorCode() + ")" // its words name its classes
        : "the store failed (" + failure.getMessage() + ")";
  }
}
