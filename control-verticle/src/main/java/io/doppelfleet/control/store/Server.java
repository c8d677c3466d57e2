package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariDataSource;
import java.io.EOFException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.util.PSQLException;

/**
 * A PostgreSQL server, to which there are connections beside the pool's. On these nothing is done
 * that takes long, so one that doesn't answer soon is given up.
 */
final class Server {
  /** An answer may take so long, or a new connection. */
  private static final String SECONDS = "5";

  private final String url;
  private final Properties properties;

  /** That of a pool. */
  Server(HikariDataSource pool) {
    this.url = pool.getJdbcUrl();
    this.properties = (Properties) pool.getDataSourceProperties().clone();
    properties.setProperty("socketTimeout", SECONDS);
    properties.setProperty("loginTimeout", SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
  }

  /** A new connection, which commits each statement. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, properties);
  }

  /** Whether somebody who asks now hears nothing either: a pooler's refusal is something. */
  boolean isSilent() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      return false;
    } catch (SQLException e) {
      return !hasEnded(e);
    }
  }

  /**
   * Whether a failure is what the server says, or a pooler, or a connection's end, and not that
   * nothing was heard.
   */
  static boolean hasEnded(SQLException failure) {
    return failure.getCause() instanceof EOFException
        || (failure instanceof PSQLException said && said.getServerErrorMessage() != null);
  }
}
