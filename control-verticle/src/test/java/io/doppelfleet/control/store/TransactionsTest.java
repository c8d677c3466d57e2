package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.doppelfleet.control.seal.FleetKeyFile;
import io.doppelfleet.control.seal.Seals;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a commit that fails. */
final class TransactionsTest {
  @TempDir Path directory;

  @Test
  void whetherSomethingWasKeptIsNotKnownWhereACommitFails() throws Exception {
    Connection broken =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  throw new SQLException("it broke off", "08006");
                });
    FleetKeyFile file = new FleetKeyFile(directory.resolve("fleet.key"), new SecureRandom());
    file.create();
    Seals seals = new Seals(file, new SecureRandom());
    try (Transactions transactions =
        new Transactions(Engine.POSTGRESQL, new HikariDataSource(), seals)) {
      assertThatExceptionOfType(UnknownException.class)
          .isThrownBy(() -> transactions.commit(broken))
          .withMessage(
              "the store can't be reached; whether what was asked was done isn't known: look");
    }
  }
}
