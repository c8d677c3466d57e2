package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.Sender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** By what the controls of one store are told apart, and the nodes beside them. */
@Timeout(60)
final class ControlsTest {
  private final SecureRandom random = new SecureRandom();
  @TempDir private Path directory;

  @Test
  void eachHasANumberOfItsOwnAlsoWhereTwoBeginAtOnceAndKeepsIt() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    Path paris = directory.resolve("paris");
    Path oslo = directory.resolve("oslo");
    try (Store one = place.open();
        Store two = place.open();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> first = threads.submit(() -> one.controls().number(paris, random));
      Future<Integer> second = threads.submit(() -> two.controls().number(oslo, random));
      assertThat(new int[] {first.get(), second.get()}).containsExactlyInAnyOrder(1, 2);
      assertThat(two.controls().number(paris, random)).isEqualTo(first.get());
      assertThat(one.controls().number(oslo, random)).isEqualTo(second.get());
    }
  }

  @Test
  void aControlThatWasNotSeenForAMinuteIsNotThere() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open();
        Connection connection = place.connection();
        Statement statement = connection.createStatement()) {
      Controls controls = store.controls();
      controls.number(directory.resolve("paris"), random);
      controls.number(directory.resolve("oslo"), random);
      assertThat(controls.present()).isEmpty(); // or of a version that doesn't say it
      controls.seen(1);
      controls.seen(2);
      assertThat(controls.present()).containsExactlyInAnyOrder(1, 2);
      statement.execute(
          "UPDATE control SET seen_at = seen_at - INTERVAL '61' SECOND WHERE number = 2");
      assertThat(controls.present()).containsExactly(1);
    }
  }

  /** Its file may be brought to another machine, whose node goes on where this one's ends. */
  @Test
  void anH2StoreHasOneControlWhoeverOpensIt() throws Exception {
    Path file = directory.resolve("control.id");
    try (Store store = Place.in(directory, Engine.H2).open()) {
      assertThat(store.controls().number(file, random)).isEqualTo(1);
      assertThat(store.controls().present()).isEmpty();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void aSpoiltFileIsNamedAndStays() throws Exception {
    Path file = Files.writeString(directory.resolve("control.id"), "doppelfleet-control 1\n12\n");
    try (Store store = Place.in(directory, Engine.POSTGRESQL).open()) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> store.controls().number(file, random))
          .withMessageContaining(file + " isn't \"doppelfleet-control 1\" and a line of 32 hex");
    }
    assertThat(file).hasContent("doppelfleet-control 1\n12\n");
  }

  @Test
  void theFirstControlsNodeHasTheNameOfBeforeAndNoMachineIsCalledAsOneOfThem() {
    assertThat(Sender.ownNode(1)).isEqualTo("node");
    assertThat(Sender.ownNode(12)).isEqualTo("node.12");
    assertThat(Sender.isOwnNode("node") && Sender.isOwnNode("node.12")).isTrue();
    assertThat(Sender.isOwnNode("node-1") || Sender.isOwnNode("node.a")).isFalse();
  }
}
