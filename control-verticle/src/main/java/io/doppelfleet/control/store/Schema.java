package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Opens the pool and brings the store's tables to this version's form. */
final class Schema {
  private static final long CONNECTION_MILLIS = 10_000;

  private Schema() {}

  static HikariDataSource opened(Engine engine, String url) throws StoreException {
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setMaximumPoolSize(Store.CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_MILLIS);
    config.setAutoCommit(false);
    config.setAllowPoolSuspension(true); // while a file that was given up is opened anew
    // Whoever has waited for the lock has to see what the one before has written.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    engine.configure(config, url);
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(config);
    } catch (PoolInitializationException e) {
      throw new StoreException("the store can't be opened: " + engine.meaning(e), e);
    }
    try {
      migrate(engine, pool);
      return pool;
    } catch (FlywayException e) {
      pool.close();
      throw new StoreException("the store can't be opened: " + engine.meaning(e), e);
    } catch (StoreException e) {
      pool.close();
      throw e;
    }
  }

  private static void migrate(Engine engine, HikariDataSource pool) throws StoreException {
    Flyway flyway =
        Flyway.configure(Schema.class.getClassLoader())
            .dataSource(pool)
            .locations("classpath:io/doppelfleet/control/store")
            .placeholders(Map.of("bytes", engine.bytes()))
            .load();
    for (MigrationInfo migration : flyway.info().applied()) {
      if (!migration.getState().isResolved()) {
        throw new StoreException(
            "the store is of a newer version (it has the tables of step "
                + migration.getVersion()
                + "): run that version, or restore the store from a backup of before");
      }
    }
    flyway.migrate();
  }

  /** Whether nothing was ever written to it. */
  static boolean isNew(HikariDataSource pool) throws StoreException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM fleet_store")) {
      return rows.next() && rows.getLong(1) == 0;
    } catch (SQLException e) {
      throw new StoreException("the store can't be read: " + e.getMessage(), e);
    }
  }
}
