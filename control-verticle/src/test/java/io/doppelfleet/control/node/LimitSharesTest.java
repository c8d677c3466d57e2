package io.doppelfleet.control.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LimitQuestion.Addresses;
import io.doppelfleet.fleet.LimitQuestion.Connections;
import io.doppelfleet.fleet.LimitQuestion.Rate;
import io.doppelfleet.fleet.LimitQuestion.Use;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.Limits.AddressLimit;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a control counts as a node's that the node doesn't know of: others have it after a lease's
 * time, however busy the node is with other secrets.
 */
@Timeout(60)
class LimitSharesTest {
  private static final int SEATS = 5;
  private static final long RATE = 10 << 20;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 3); // nanoTime may be anywhere
  private final AtomicReference<FleetState> state = new AtomicReference<>(state(1, RATE));
  private final AtomicReference<@Nullable OtherControl> divider = new AtomicReference<>();
  private final AtomicReference<Buffer> forwarded = new AtomicReference<>(Buffer.buffer());
  private final LimitShares shares =
      new LimitShares(
          vertx, new Sender("control", 1), state::get, () -> 2, new Others(), clock::get);
  private final Sender paris = new Sender("paris", 1);
  private final Sender oslo = new Sender("oslo", 1);

  /** Of these that divides has no connection left. */
  private final class Others implements LimitShares.Others {
    @Override
    public @Nullable OtherControl divider() {
      return divider.get();
    }

    @Override
    public Future<Buffer> askLimits(OtherControl other, Buffer question) {
      forwarded.set(question);
      LimitAnswer.Share none = new LimitAnswer.Share("alice", 0, null, null);
      LimitAnswer answer = new LimitAnswer(new Sender("control", 2).next(), 2, List.of(none));
      return Future.succeededFuture(Buffer.buffer(MessageJson.write(answer)));
    }
  }

  @BeforeEach
  void begin() {
    later(Duration.ofNanos(LimitShares.LEASE_NANOS));
  }

  @AfterEach
  void end() throws Exception {
    shares.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static FleetState state(long revision, long rate) {
    AddressLimit addresses = new AddressLimit(2, Duration.ofHours(1));
    Limits limits = new Limits(SEATS, addresses, Map.of(), rate, null);
    return FleetState.of(revision, List.of(secret("alice", limits), secret("bob", limits)));
  }

  private static FleetSecret secret(String name, Limits limits) {
    byte[] bytes = new byte[Secret.KEY_LENGTH];
    bytes[0] = (byte) name.length();
    Secret secret = Secret.of(bytes, "cover.example");
    KeyGeneration key = new KeyGeneration(1, secret, Instant.EPOCH, null);
    return new FleetSecret(name, List.of(key), limits, Set.of());
  }

  private void later(Duration by) {
    clock.addAndGet(by.toNanos());
  }

  /** Of a secret that is the only one in the question. */
  private LimitAnswer.Share ask(Sender node, Use use) throws Exception {
    return asked(node, use).getFirst();
  }

  private List<LimitAnswer.Share> asked(Sender node, Use use) throws Exception {
    Buffer text = Buffer.buffer(MessageJson.write(new LimitQuestion(node.next(), List.of(use))));
    Buffer answer =
        vertx
            .eventBus()
            .<Buffer>request(LimitQuestion.ADDRESS, text)
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS)
            .body();
    return ((LimitAnswer) MessageJson.read(answer.getBytes())).shares();
  }

  private int seats(Sender node, int waiting, int held) throws Exception {
    Use use = new Use("alice", new Connections(0, waiting, held), null, null);
    return Objects.requireNonNull(ask(node, use).connections());
  }

  private long rate(Sender node, long wanted, long held) throws Exception {
    Use use = new Use("alice", null, null, new Rate(wanted, held));
    return Objects.requireNonNull(ask(node, use).rate());
  }

  /** Each second a node tells of another secret than the one that it has nothing of. */
  private void isBusyWithAnother(Sender node) throws Exception {
    for (int i = 0; i < LimitQuestion.LEASE_SECONDS; i++) {
      later(SECOND);
      ask(node, new Use("bob", new Connections(1, 0, 1), null, new Rate(1, 1)));
    }
  }

  @Test
  void whatAnAnswerGrantedThatCameTooLateOthersHaveThen() throws Exception {
    assertThat(seats(paris, 1, 0)).isEqualTo(3);
    assertThat(rate(paris, RATE, 0)).isEqualTo(RATE);
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(2);
    isBusyWithAnother(paris);
    assertThat(seats(oslo, SEATS, 2)).isEqualTo(SEATS);
    assertThat(rate(oslo, RATE, 0)).isEqualTo(RATE);
  }

  @Test
  void whatANodeHeldBeforeItsRestartOthersHaveThen() throws Exception {
    assertThat(seats(paris, SEATS, 0)).isEqualTo(SEATS);
    assertThat(rate(paris, RATE, 0)).isEqualTo(RATE);
    isBusyWithAnother(new Sender("paris", 2));
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(SEATS);
    assertThat(rate(oslo, RATE, 0)).isEqualTo(RATE);
  }

  @Test
  void whatANodeHeldBeforeItWasCutOffOthersHaveThoughItIsBackFirst() throws Exception {
    assertThat(seats(paris, SEATS, 0)).isEqualTo(SEATS);
    assertThat(rate(paris, RATE, 0)).isEqualTo(RATE);
    later(Duration.ofSeconds(LimitQuestion.LEASE_SECONDS));
    ask(paris, new Use("bob", new Connections(1, 0, 0), null, null));
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(SEATS);
    assertThat(rate(oslo, RATE, 0)).isEqualTo(RATE);
  }

  /** Its last question may have been on its way. */
  @Test
  void whatARemovedNodeTellsYetCountsNoMoreThanWhatItTold() throws Exception {
    Use places = new Use("alice", null, new Addresses(1, List.of(1, 2), List.of()), null);
    assertThat(ask(paris, places).addresses()).containsExactly(1, 2);
    shares.forget("paris");
    assertThat(asked(paris, places)).isEmpty();
    Use others = new Use("alice", null, new Addresses(1, List.of(3, 4), List.of()), null);
    assertThat(ask(oslo, others).addresses()).containsExactly(3, 4);
  }

  @Test
  void whileAnotherControlDividesItsAnswersAreNodesAndAfterThatThisOnesAtOnce() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    assertThat(seats(paris, 1, 0)).isZero();
    divider.set(null);
    assertThat(seats(paris, SEATS, 0)).isEqualTo(SEATS);
  }

  @Test
  void whoHasStartedWaitsUntilWhatAnotherGrantedBeforeItCameIsOver() throws Exception {
    LimitShares anew =
        new LimitShares(vertx, new Sender("control", 3), state::get, () -> 2, null, clock::get);
    Buffer question = Buffer.buffer(MessageJson.write(new LimitQuestion(paris.next(), List.of())));
    later(SECOND);
    anew.came();
    later(Duration.ofNanos(LimitShares.LEASE_NANOS - 1));
    assertThat(isAnswered(anew, question)).isFalse();
    later(Duration.ofNanos(1));
    anew.came();
    assertThat(isAnswered(anew, question)).isTrue();
    anew.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static boolean isAnswered(LimitShares by, Buffer question) throws Exception {
    return by.answer(question)
        .map(true)
        .otherwise(false)
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  /** Who was told meanwhile what nodes have grants nobody what others use. */
  @Test
  void whatNodesToldBeforeAControlDividesIsTheirs() throws Exception {
    LimitShares anew =
        new LimitShares(vertx, new Sender("control", 3), state::get, () -> 2, null, clock::get);
    later(Duration.ofNanos(LimitShares.LEASE_NANOS - 1));
    Use used = new Use("alice", new Connections(4, 0, 4), null, new Rate(RATE, RATE));
    Buffer told = Buffer.buffer(MessageJson.write(new LimitQuestion(paris.next(), List.of(used))));
    assertThat(isAnswered(anew, told)).isFalse();
    Use none = new Use("bob", new Connections(0, 0, 0), null, new Rate(0, 0));
    for (Use each : List.of(new Use("bob", new Connections(4, 0, 4), null, new Rate(1, 1)), none)) {
      LimitQuestion next = new LimitQuestion(paris.next(), List.of(each));
      assertThat(isAnswered(anew, Buffer.buffer(MessageJson.write(next)))).isFalse();
    }
    later(Duration.ofNanos(1));
    Use wanted = new Use("alice", new Connections(0, SEATS, 0), null, new Rate(RATE, 0));
    Buffer asked =
        Buffer.buffer(MessageJson.write(new LimitQuestion(oslo.next(), List.of(wanted))));
    Buffer answer =
        anew.answer(asked).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    LimitAnswer.Share share =
        ((LimitAnswer) MessageJson.read(answer.getBytes())).shares().getFirst();
    assertThat(share.connections()).isEqualTo(1);
    assertThat(share.rate()).isEqualTo(RATE / 8); // its least part
    Use free = new Use("bob", new Connections(0, SEATS, 0), null, new Rate(RATE, 0));
    Buffer ofBob = Buffer.buffer(MessageJson.write(new LimitQuestion(oslo.next(), List.of(free))));
    answer = anew.answer(ofBob).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    share = ((LimitAnswer) MessageJson.read(answer.getBytes())).shares().getFirst();
    assertThat(share.connections()).isEqualTo(SEATS);
    assertThat(share.rate()).isEqualTo(RATE);
    anew.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** A seized node may write four million blanks, for each of which a letter is longer. */
  @Test
  void whatAnotherControlIsAskedHasNothingBesideTheQuestion() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    String text = new String(MessageJson.write(new LimitQuestion(paris.next(), List.of())), UTF_8);
    Buffer blanks = Buffer.buffer(text.replace(",", ", " + "\n".repeat(1_000)));
    assertThat(isAnswered(shares, blanks)).isTrue();
    assertThat(forwarded.get().toString()).isEqualTo(text);
  }

  @Test
  void whatANodeHeldOfAnotherRateOthersHaveThen() throws Exception {
    assertThat(rate(paris, RATE, 0)).isEqualTo(RATE);
    state.set(state(2, RATE / 10));
    assertThat(rate(oslo, RATE, 0)).isEqualTo(RATE / 10 / 8); // its least part
    isBusyWithAnother(paris);
    assertThat(rate(oslo, RATE, RATE / 10 / 8)).isEqualTo(RATE / 10);
  }
}
