package io.doppelfleet.proxy.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.StateSignature;
import io.doppelfleet.fleet.StateSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A node comes to the state that a control has, whatever is lost on the way. */
@Timeout(60)
final class StateFollowerTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final KeyPair KEYS = keys();

  private final Vertx vertx = Vertx.vertx();
  private final Sender control = new Sender("control", Instant.EPOCH);
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Long> told = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(StateFollower.class);
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getLevel() == Level.WARN) {
            warnings.add(event.getFormattedMessage());
          }
        }
      };
  private volatile KnownState present = state(1);
  private volatile boolean bad;

  private static KeyPair keys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void answer() {
    vertx
        .eventBus()
        .consumer(
            StateRequest.ADDRESS,
            request -> {
              asked.incrementAndGet();
              request.reply(
                  bad
                      ? Buffer.buffer("{\"format\": 2}")
                      : bytes(new StateSnapshot(control.next(), present.state(), signed(present))));
            });
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void close() throws Exception {
    logger.detachAppender(log);
    get(vertx.close());
  }

  @Test
  void beginsWithASnapshotAndGoesOnWithDeltas() throws Exception {
    StateFollower follower = start();
    assertThat(follower.present()).isEqualTo(present);
    for (int revision = 2; revision <= 5; revision++) {
      publish(next(state(revision)));
    }
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(asked).hasValue(1);
  }

  @Test
  void asksForASnapshotAfterAGap() throws Exception {
    start();
    next(state(2));
    publish(next(state(3)));
    await().atMost(SOON).until(() -> told.equals(List.of(1L, 3L)));
    assertThat(asked).hasValue(2);
  }

  @Test
  void findsOutByTheNextWordOfAControlThatOneWasLost() throws Exception {
    StateFollower follower = start();
    next(state(2));
    publish(still(present));
    await().atMost(SOON).until(() -> follower.present().equals(present));
  }

  @Test
  void aChecksumThatDiffersIsNotBelievedButAsked() throws Exception {
    StateFollower follower = start();
    String wrong = "0".repeat(64);
    StateDelta right = next(state(2));
    publish(
        new StateDelta(
            right.stamp(),
            right.from(),
            right.revision(),
            wrong,
            StateSignature.of(wrong, KEYS.getPrivate()),
            right.entities(),
            right.gone()));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(asked).hasValue(2);
  }

  @Test
  void aStateThatCouldNotBeTakenIsAskedForAgain() throws Exception {
    StateFollower follower =
        get(StateFollower.start(vertx, new Sender("node", Instant.EPOCH), KEYS.getPublic()));
    AtomicInteger failures = new AtomicInteger();
    get(
        follower.follow(
            state -> {
              if (state.revision() == 2 && failures.getAndIncrement() == 0) {
                throw new IllegalStateException("once");
              }
              told.add(state.revision());
            }));
    publish(next(state(2)));
    await().atMost(SOON).until(() -> failures.get() == 1);
    assertThat(follower.present().revision()).isEqualTo(1);
    publish(still(present));
    await().atMost(SOON).until(() -> told.equals(List.of(1L, 2L)));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(asked).hasValue(2);
  }

  @Test
  void neverGoesBackAndLeavesWhatIsNoMessage() throws Exception {
    StateFollower follower = start();
    KnownState old = present;
    publish(next(state(2)));
    vertx.eventBus().publish(StateDelta.ADDRESS, Buffer.buffer("{\"format\": 2}"));
    publish(still(old));
    publish(next(state(3)));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(told).containsExactly(1L, 2L, 3L);
    assertThat(asked).hasValue(1);
  }

  @Test
  void ofTheSameRevisionInOtherWordsItTakesTheWhole() throws Exception {
    StateFollower follower = start();
    present = KnownState.of(FleetState.of(1, List.of(ban(99))));
    publish(still(present));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(told).containsExactly(1L, 1L);
    assertThat(asked).hasValue(2);
  }

  @Test
  void anEarlierRevisionIsRefusedUntilTheControlHasComeAsFar() throws Exception {
    present = state(3);
    StateFollower follower = start();
    KnownState own = present;
    present = KnownState.of(FleetState.of(2, List.of(ban(99))));
    publish(still(present));
    publish(still(present));
    await().atMost(SOON).until(() -> !warnings.isEmpty());
    assertThat(follower.present()).isEqualTo(own);
    publish(next(KnownState.of(FleetState.of(3, List.of(ban(98))))));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(told).containsExactly(3L, 3L);
    assertThat(warnings)
        .hasSize(1)
        .first()
        .asString()
        .contains("revision 2 only", "goes on with 3");
  }

  @Test
  void whatIsSignedByAnotherIsNotTakenAsAChangeNorAsAWhole() throws Exception {
    StateFollower follower = start();
    final KnownState own = present;
    StateSignature forged = StateSignature.of(state(2).checksum(), keys().getPrivate());
    publish(StateDelta.between(control.next(), own, state(2), forged));
    publish(new StateSnapshot(control.next(), state(2).state(), forged));
    await().atMost(SOON).until(() -> asked.get() == 2);
    await().atMost(SOON).until(() -> !warnings.isEmpty());
    assertThat(warnings).first().asString().contains("signature is none of this fleet's");
    assertThat(follower.present()).isEqualTo(own);
    publish(next(state(2)));
    await().atMost(SOON).until(() -> follower.present().equals(present));
    assertThat(told).doesNotContain(3L).startsWith(1L).endsWith(2L);
  }

  @Test
  void goesOnFromAStateOfBeforeAndTakesNoEarlierOne() throws Exception {
    KnownState last = state(5);
    StateFollower follower =
        StateFollower.resume(vertx, new Sender("node", Instant.EPOCH), KEYS.getPublic(), last);
    get(follower.follow(state -> told.add(state.revision())));
    assertThat(follower.present()).isEqualTo(last);
    publish(new StateSnapshot(control.next(), present.state(), signed(present)));
    publish(still(present));
    await().atMost(SOON).until(() -> !warnings.isEmpty());
    assertThat(told).containsExactly(5L);
    present = state(6);
    publish(still(present));
    await().atMost(SOON).until(() -> told.equals(List.of(5L, 6L)));
  }

  @Test
  void aBadAnswerIsToldOnce() throws Exception {
    StateFollower follower = start();
    bad = true;
    next(state(2));
    await()
        .atMost(SOON)
        .until(
            () -> {
              publish(still(present));
              return asked.get() >= 4;
            });
    bad = false;
    await()
        .atMost(SOON)
        .until(
            () -> {
              publish(still(present));
              return follower.present().equals(present);
            });
    assertThat(warnings).hasSize(1).first().asString().contains("format is 2");
  }

  @Test
  void withoutAControlItDoesNotStart() throws Exception {
    Vertx alone = Vertx.vertx();
    try {
      assertThatThrownBy(
              () ->
                  get(
                      StateFollower.start(
                          alone, new Sender("node", Instant.EPOCH), KEYS.getPublic())))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("no control told the fleet's state");
    } finally {
      get(alone.close());
    }
  }

  private StateFollower start() throws Exception {
    StateFollower follower =
        get(StateFollower.start(vertx, new Sender("node", Instant.EPOCH), KEYS.getPublic()));
    get(follower.follow(state -> told.add(state.revision())));
    return follower;
  }

  private StateDelta next(KnownState next) {
    StateDelta delta = StateDelta.between(control.next(), present, next, signed(next));
    present = next;
    return delta;
  }

  private StateDelta still(KnownState state) {
    return StateDelta.still(control.next(), state, signed(state));
  }

  private static StateSignature signed(KnownState state) {
    return StateSignature.of(state.checksum(), KEYS.getPrivate());
  }

  private void publish(FleetMessage message) {
    vertx.eventBus().publish(StateDelta.ADDRESS, bytes(message));
  }

  private static Buffer bytes(FleetMessage message) {
    return Buffer.buffer(MessageJson.write(message));
  }

  /** One with a ban of its own. */
  private static KnownState state(int revision) {
    return KnownState.of(FleetState.of(revision, List.of(ban(revision))));
  }

  private static Ban ban(int last) {
    return new Ban(Prefix.parse("192.0.2." + last), "a probe", "carol", null);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
