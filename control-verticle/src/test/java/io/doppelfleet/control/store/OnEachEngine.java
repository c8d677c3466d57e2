package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store that each test has for itself, on one of the engines. */
abstract class OnEachEngine {
  static final Edit EDIT = new Edit("carol", "unix", "a test");

  final Engine engine;
  @TempDir Path directory;
  Place place;
  Store store;

  OnEachEngine(Engine engine) {
    this.engine = engine;
  }

  @BeforeEach
  void open() throws Exception {
    place = Place.in(directory, engine);
    store = place.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  final void reopen() throws StoreException {
    store.close();
    store = place.open();
  }

  final FleetState add(Entity entity) throws StoreException {
    return store.change(EDIT, state -> state.with(entity));
  }

  final void refused(FleetSecret secret, String error) throws StoreException {
    FleetState present = store.latest();
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> add(secret))
        .withMessage(error);
    assertThat(store.latest()).isEqualTo(present);
  }

  /** Another control's where there may be one, else the same for another thread. */
  final Store other() throws StoreException {
    return engine == Engine.H2 ? store : place.open();
  }

  @SafeVarargs
  static <T> List<T> together(Callable<T>... all) throws Exception {
    CyclicBarrier start = new CyclicBarrier(all.length);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> results = new ArrayList<>();
      for (Callable<T> each : all) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return each.call();
                }));
      }
      List<T> values = new ArrayList<>();
      for (Future<T> result : results) {
        values.add(result.get());
      }
      return values;
    }
  }

  final void execute(String sql) throws Exception {
    try (Connection connection = place.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  final String database() {
    return place.url().substring(place.url().lastIndexOf('/') + 1, place.url().indexOf('?'));
  }
}
