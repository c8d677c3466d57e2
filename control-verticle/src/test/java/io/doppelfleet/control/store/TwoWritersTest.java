package io.doppelfleet.control.store;

import static io.doppelfleet.control.store.Examples.ban;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import java.sql.Connection;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Controls, or threads of one, that write at once. */
@ParameterizedClass
@EnumSource(Engine.class)
@Timeout(120)
final class TwoWritersTest extends OnEachEngine {
  TwoWritersTest(Engine engine) {
    super(engine);
  }

  @Test
  void whoeverWaitedForTheLockSeesWhatTheOneBeforeHasWrittenWhateverTheUrlAsksFor()
      throws Exception {
    store.close();
    String stricter =
        engine == Engine.H2
            ? ";INIT=SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"
            : "";
    if (engine == Engine.POSTGRESQL) {
      execute("ALTER DATABASE " + database() + " SET default_transaction_isolation = serializable");
    }
    try (HikariDataSource pool = Schema.opened(engine, place.url() + stricter);
        Connection connection = pool.getConnection()) {
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Test
  void ofTwoWhoWriteTheSameRevisionOneWins() throws Exception {
    try (Store other = other()) {
      for (int i = 0; i < 20; i++) {
        FleetState seen = store.latest();
        int round = i;
        List<Outcome> outcomes =
            together(
                () -> store.write(seen.with(ban(2 * round)).at(seen.revision() + 1), EDIT),
                () -> other.write(seen.with(ban(2 * round + 1)).at(seen.revision() + 1), EDIT));
        assertThat(outcomes).hasOnlyElementsOfTypes(Outcome.Written.class, Outcome.Conflict.class);
        assertThat(outcomes).filteredOn(Outcome.Written.class::isInstance).hasSize(1);
        assertThat(store.latest().bans()).hasSize(i + 1);
      }
    }
  }

  @Test
  void changesOfTwoWhoWriteAtOnceAreAllThereAtTheEnd() throws Exception {
    try (Store other = other()) {
      together(() -> addBans(store, 0, 25), () -> addBans(other, 100, 25));
      FleetState last = store.latest();
      assertThat(other.latest()).isEqualTo(last);
      assertThat(last.bans()).hasSize(50);
      assertThat(last.revision()).isEqualTo(51);
      assertThat(store.history(Long.MAX_VALUE, 100))
          .extracting(Revision::number)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 51).map(number -> 52 - number).boxed().toList());
    }
    reopen();
    assertThat(store.latest().bans()).hasSize(50);
  }

  private static FleetState addBans(Store store, int from, int count) throws StoreException {
    FleetState last = store.latest();
    for (int i = from; i < from + count; i++) {
      Entity ban = ban(i);
      last = store.change(EDIT, state -> state.with(ban));
    }
    return last;
  }
}
