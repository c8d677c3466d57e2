package io.doppelfleet.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nodes are told of a store. */
@Timeout(120)
final class FeedTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Edit EDIT = new Edit("carol", "unix", "a test");

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final List<StateDelta> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  private Feed start(Store store) throws Exception {
    vertx
        .eventBus()
        .<Buffer>consumer(StateDelta.ADDRESS, message -> heard.add((StateDelta) read(message)));
    return get(
        Feed.start(
            vertx,
            store,
            new Sender("control", Instant.EPOCH),
            vertx.createSharedWorkerExecutor("test", 2)));
  }

  private static FleetMessage read(Message<Buffer> message) {
    return MessageJson.read(message.body().getBytes());
  }

  @Test
  void eachRevisionIsToldAsWhatHasChangedAndEachSecondWhichIsPresent() throws Exception {
    try (Store store = Place.in(directory, Engine.H2).open()) {
      Feed feed = start(store);
      KnownState before = store.present();
      store.change(EDIT, state -> state.with(Examples.ban(1)));
      feed.look();
      feed.look(); // finds nothing
      await().atMost(SOON).until(() -> heard.stream().anyMatch(FeedTest::isStill));
      StateDelta delta = heard.getFirst();
      assertThat(delta.entities()).containsExactly(Examples.ban(1));
      assertThat(delta.on(before)).contains(store.present());
      assertThat(delta.signature().isOf(delta.checksum(), store.authority().statesKey())).isTrue();
      assertThat(heard).filteredOn(each -> !isStill(each)).hasSize(1);
      assertThat(heard.getLast().checksum()).isEqualTo(store.present().checksum());
      assertThat(heard.getLast().stamp().isAfter(delta.stamp())).isTrue();
      get(feed.close());
    }
  }

  private static boolean isStill(StateDelta delta) {
    return delta.from() == delta.revision();
  }

  @Test
  void itIsKnownThatTheStoreIsAway() throws Exception {
    try (Store store = Place.in(directory, Engine.H2).open()) {
      Feed feed = start(store);
      await().atMost(SOON).until(() -> !heard.isEmpty());
      assertThat(feed.isStoreThere()).isTrue();
      store.close();
      await().atMost(SOON).until(() -> !feed.isStoreThere());
      get(feed.close());
    }
  }

  @Test
  void whoAsksIsToldTheWhole() throws Exception {
    try (Store store = Place.in(directory, Engine.H2).open()) {
      FleetState present = store.change(EDIT, state -> state.with(Examples.ban(1)));
      Feed feed = start(store);
      byte[] request =
          MessageJson.write(new StateRequest(new Sender("node", Instant.EPOCH).next(), 0));
      Message<Buffer> answer =
          get(vertx.eventBus().request(StateRequest.ADDRESS, Buffer.buffer(request)));
      assertThat(read(answer))
          .isInstanceOfSatisfying(
              StateSnapshot.class, snapshot -> assertThat(snapshot.state()).isEqualTo(present));
      get(feed.close());
    }
  }

  @Test
  void whatAnotherControlWroteIsToldWithinASecondOrTwo() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open();
        Store other = place.open()) {
      Feed feed = start(store);
      other.change(EDIT, state -> state.with(Examples.ban(1)));
      await().atMost(SOON).until(() -> heard.stream().anyMatch(each -> each.revision() == 2));
      get(feed.close());
    }
  }

  /** By its own looks alone it would tell of one a second: who has looked looks in a second. */
  @Test
  void whatAnotherControlWritesOneAfterTheOtherIsToldAtOnce() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open();
        Store other = place.open()) {
      Feed feed = start(store);
      CountDownLatch listens = new CountDownLatch(1);
      store.listen(
          () -> {
            listens.countDown();
            feed.lookSoon();
          },
          (caller, said) -> {});
      assertThat(listens.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      long begin = System.nanoTime();
      int writes = 10;
      for (int i = 1; i <= writes; i++) {
        long revision = i + 1L;
        FleetState next = other.latest().with(Examples.ban(i)).at(revision);
        other.write(next, EDIT);
        await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> heard.stream().anyMatch(each -> each.revision() == revision));
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      System.out.printf(
          "%d writes of another control were told in %d ms together%n", writes, millis);
      assertThat(millis).isLessThan(5_000); // by its own looks: nine seconds at least
      get(feed.close());
    }
  }

  @Test
  void aStoreThatLostRevisionsIsToldAsItIs() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open()) {
      store.change(EDIT, state -> state.with(Examples.ban(1)));
    }
    copy(place);
    try (Store store = place.open()) {
      store.change(EDIT, state -> state.with(Examples.ban(2)));
      Feed feed = start(store);
      await().atMost(SOON).until(() -> lastHeard(store.present()));
      failOver(place);
      try (Store other = place.open()) {
        KnownState lower = other.present();
        assertThat(lower.revision()).isEqualTo(2);
        await().atMost(SOON).until(() -> lastHeard(lower));
        other.change(EDIT, state -> state.with(Examples.ban(3)));
        await().atMost(SOON).until(() -> lastHeard(other.present()));
        assertThat(heard.getLast().revision()).isEqualTo(3);
      }
      get(feed.close());
    }
  }

  @Test
  void anotherStateOfTheSameNumberIsToldByItsChecksum() throws Exception {
    Place place = Place.in(directory, Engine.POSTGRESQL);
    try (Store store = place.open()) {
      store.change(EDIT, state -> state.with(Examples.ban(1)));
    }
    try (Store other = copy(place).open()) {
      other.change(EDIT, state -> state.with(Examples.ban(3)));
    }
    try (Store store = place.open()) {
      store.change(EDIT, state -> state.with(Examples.ban(2)));
      Feed feed = start(store);
      KnownState lost = store.present();
      failOver(place);
      try (Store other = place.open()) {
        KnownState present = other.present();
        assertThat(present.revision()).isEqualTo(lost.revision());
        await().atMost(SOON).until(() -> lastHeard(present));
        assertThat(heard).allMatch(FeedTest::isStill);
      }
      get(feed.close());
    }
  }

  private boolean lastHeard(KnownState state) {
    return !heard.isEmpty() && heard.getLast().checksum().equals(state.checksum());
  }

  /** A server's second one as it is now, which lags from now on. */
  private static Place copy(Place place) throws Exception {
    String name = name(place);
    PostgresServer.shared()
        .execute("postgres", "CREATE DATABASE " + name + "_copy TEMPLATE " + name);
    String url = place.url().replace("/" + name, "/" + name + "_copy");
    return new Place(place.engine(), url, place.key());
  }

  /** The copy takes the place of the first one, whose connections break. */
  private static void failOver(Place place) throws Exception {
    String name = name(place);
    PostgresServer server = PostgresServer.shared();
    server.execute("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    server.execute("postgres", "ALTER DATABASE " + name + "_copy RENAME TO " + name);
  }

  private static String name(Place place) {
    return place.url().replaceFirst(".*/([^/?]+).*", "$1");
  }

  @Test
  void whileALookIsSlowWhoAsksIsAnsweredAndTheEndWaits() throws Exception {
    try (Store store = Place.in(directory, Engine.H2).open()) {
      Feed feed = start(store);
      Future<Void> closing;
      synchronized (feed) { // as a slow look would have it
        await().atMost(SOON).until(FeedTest::isLooking);
        byte[] request =
            MessageJson.write(new StateRequest(new Sender("node", Instant.EPOCH).next(), 0));
        Message<Buffer> answer =
            get(vertx.eventBus().request(StateRequest.ADDRESS, Buffer.buffer(request)));
        assertThat(read(answer)).isInstanceOf(StateSnapshot.class);
        closing = feed.close();
        Thread.sleep(300);
        assertThat(closing.isComplete()).isFalse();
      }
      get(closing);
    }
  }

  private static boolean isLooking() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(
            thread ->
                thread.getName().startsWith("test-") && thread.getState() == Thread.State.BLOCKED);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
