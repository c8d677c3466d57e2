package io.doppelfleet.control.store;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;

/** A store of its own for one test, and its key file. */
record Place(Engine engine, String url, Path key) {
  static Place in(Path directory, Engine engine) throws Exception {
    String url =
        switch (engine) {
          case H2 -> "jdbc:h2:file:" + directory.resolve("fleet");
          case POSTGRESQL -> PostgresServer.shared().newDatabase();
        };
    return new Place(engine, url, directory.resolve("fleet.key"));
  }

  Store open() throws StoreException {
    return open(url, key);
  }

  static Store open(String url, Path key) throws StoreException {
    return Store.open(url, key, Clock.systemUTC(), new SecureRandom());
  }

  /** As somebody with the right password would look at it; H2 only while no store has it open. */
  Connection connection() throws SQLException {
    return DriverManager.getConnection(url);
  }
}
