package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is left of a store when a process ends in the midst of writes. */
@Timeout(180)
class CrashTest {
  private static final int ROUNDS = 4;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Engine.class)
  void whatAControlSaidToBeWrittenIsThereAfterItWasKilledAndNothingIsThereByHalves(Engine engine)
      throws Exception {
    Place place = Place.in(directory, engine);
    Random random = new Random(6);
    long told = 1;
    for (int round = 0; round < ROUNDS; round++) {
      try (Writer writer = Writer.start(place)) {
        int count = 5 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
          told = writer.written();
        }
        Thread.sleep(random.nextInt(8)); // somewhere in the midst of the next ones
        List<String> rest = writer.kill();
        told = rest.isEmpty() ? told : Long.parseLong(rest.getLast());
      }
      assertWhole(place, told);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Engine.class, names = "POSTGRESQL")
  void whatAControlSaidToBeWrittenIsThereAfterTheServerWasKilled(Engine engine) throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      Place place = new Place(engine, server.newDatabase(), directory.resolve("fleet.key"));
      long told = 1;
      Writer.End end;
      try (Writer writer = Writer.start(place)) {
        for (int i = 0; i < 20; i++) {
          told = writer.written();
        }
        server.crash();
        end = writer.end(told);
      }
      assertThat(end.why()).contains("the store can't be reached");
      assertWhole(place, end.told());
    }
  }

  /** Every revision is read and held against its checksum. */
  private static void assertWhole(Place place, long told) throws StoreException {
    try (Store store = place.open()) {
      long last = store.latest().revision();
      assertThat(last).isBetween(told, told + 1);
      for (long revision = 1; revision <= last; revision++) {
        assertThat(store.state(revision).revision()).isEqualTo(revision);
      }
      assertThat(store.history(Long.MAX_VALUE, 1000)).hasSize((int) Math.min(last, 1000));
    }
  }
}
