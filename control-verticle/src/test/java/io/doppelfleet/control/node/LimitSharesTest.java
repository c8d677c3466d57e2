package io.doppelfleet.control.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final AtomicReference<@Nullable OtherControl> next = new AtomicReference<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicReference<Buffer> forwarded = new AtomicReference<>(Buffer.buffer());
  private final AtomicBoolean ends = new AtomicBoolean();
  private final AtomicBoolean upToDate = new AtomicBoolean(true);
  private final AtomicBoolean late = new AtomicBoolean(); // once
  private final AtomicBoolean heard = new AtomicBoolean(true);
  private final List<LimitQuestion> told = new CopyOnWriteArrayList<>();
  private final LimitShares shares =
      new LimitShares(
          vertx,
          new Sender("control", 1),
          state::get,
          () -> 2,
          new Others(),
          clock::get,
          new SimpleMeterRegistry());
  private final Sender paris = new Sender("paris", 1);
  private final Sender oslo = new Sender("oslo", 1);

  /** Of these that divides has no connection left; one that has ended answers nobody. */
  private final class Others implements LimitShares.Others {
    @Override
    public @Nullable OtherControl divider(long term) {
      return divider.get();
    }

    @Override
    public long nextTerm() {
      return 7;
    }

    @Override
    public boolean areHeard() {
      return heard.get();
    }

    @Override
    public boolean isUpToDate() {
      return !late.getAndSet(false) && upToDate.get();
    }

    @Override
    public void tellLimits(LimitQuestion holds) {
      told.add(holds);
    }

    @Override
    public Future<Buffer> askLimits(OtherControl other, Buffer question) {
      forwarded.set(question);
      asked.add(other.id());
      if (ends.getAndSet(false)) {
        divider.set(next.get());
        return Future.failedFuture("it has ended");
      }
      LimitAnswer.Share none = new LimitAnswer.Share("alice", 0, null, null);
      LimitAnswer answer = new LimitAnswer(new Sender("control", 2).next(), 2, List.of(none));
      return Future.succeededFuture(Buffer.buffer(MessageJson.write(answer)));
    }
  }

  @BeforeEach
  void begin() {
    later(Duration.ofNanos(LimitBook.LEASE_NANOS));
  }

  @AfterEach
  void end() throws Exception {
    close(shares);
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
    return shares(asked(new LimitQuestion(node.next(), List.of(use))));
  }

  private Future<Buffer> asked(LimitQuestion question) {
    return vertx
        .eventBus()
        .<Buffer>request(LimitQuestion.ADDRESS, text(question))
        .map(Message::body);
  }

  private static List<LimitAnswer.Share> shares(Future<Buffer> answer) throws Exception {
    Buffer text = answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return ((LimitAnswer) MessageJson.read(text.getBytes())).shares();
  }

  private static int connections(Future<Buffer> answer) throws Exception {
    return Objects.requireNonNull(shares(answer).getFirst().connections());
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
  void whoHasStartedAnswersNobodyUntilWhatAnotherGrantedBeforeIsOver() throws Exception {
    LimitShares anew = started();
    later(Duration.ofNanos(LimitBook.LEASE_NANOS - 1));
    assertThat(anew.term()).isZero();
    assertThat(isAnswered(anew, text(new LimitQuestion(paris.next(), List.of())))).isFalse();
    later(Duration.ofNanos(1));
    assertThat(anew.term()).isPositive();
    assertThat(isAnswered(anew, text(new LimitQuestion(paris.next(), List.of())))).isTrue();
    close(anew);
  }

  /** One that has started now, and knows of no others. */
  private LimitShares started() {
    return new LimitShares(
        vertx,
        new Sender("control", 3),
        state::get,
        () -> 2,
        null,
        clock::get,
        new SimpleMeterRegistry());
  }

  private static void close(LimitShares shares) throws Exception {
    shares.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Buffer text(LimitQuestion question) {
    return Buffer.buffer(MessageJson.write(question));
  }

  @Test
  void whoDividesTellsWhatItGrantsSoThatAnotherCanTakeOverAndGrantsNothingTwice() throws Exception {
    assertThat(seats(paris, 4, 0)).isEqualTo(4);
    assertThat(rate(paris, RATE, 0)).isEqualTo(RATE);
    Use places = new Use("alice", null, new Addresses(1, List.of(1), List.of(2)), null);
    assertThat(ask(paris, places).addresses()).containsExactly(1);
    assertThat(told).hasSize(3);
    LimitShares other = started();
    later(Duration.ofNanos(LimitBook.LEASE_NANOS - 1));
    told.forEach(each -> other.note(text(each)));
    later(Duration.ofNanos(1));
    Addresses wanted = new Addresses(1, List.of(1, 2, 3), List.of());
    Use all = new Use("alice", new Connections(0, SEATS, 0), wanted, new Rate(RATE, 0));
    LimitAnswer.Share share = share(other, new LimitQuestion(oslo.next(), List.of(all)));
    assertThat(share.connections()).isEqualTo(1);
    assertThat(share.addresses()).containsExactly(1, 2);
    assertThat(share.rate()).isEqualTo(RATE / 8); // its least part
    close(other);
  }

  private static LimitAnswer.Share share(LimitShares by, LimitQuestion question) throws Exception {
    return shares(by.answer(text(question))).getFirst();
  }

  @Test
  void whileNobodyDividesAllAreToldWhatANodeHolds() {
    heard.set(false);
    assertThatThrownBy(() -> seats(paris, 1, 3)).hasMessageContaining("what nodes hold");
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().uses().getFirst().connections()).isEqualTo(new Connections(0, 1, 3));
  }

  @Test
  void whoDoesntHearTheOthersDividesNoMoreUntilItDoes() throws Exception {
    assertThat(shares.term()).isPositive();
    heard.set(false);
    assertThat(shares.term()).isZero();
    assertThat(isAnswered(shares, text(new LimitQuestion(paris.next(), List.of())))).isFalse();
    heard.set(true);
    assertThat(shares.term()).isPositive();
  }

  /** It goes on saying so: nobody else is to begin for that. */
  @Test
  void whoDividesAndHasntHeardAllYetGrantsNothing() throws Exception {
    assertThat(shares.term()).isEqualTo(7);
    upToDate.set(false);
    assertThat(isAnswered(shares, text(new LimitQuestion(paris.next(), List.of())))).isFalse();
    assertThat(shares.term()).isEqualTo(7);
    upToDate.set(true);
    assertThat(isAnswered(shares, text(new LimitQuestion(paris.next(), List.of())))).isTrue();
  }

  /** Within tenths of a second it has: a node that is refused refuses clients for a second. */
  @Test
  void aQuestionThatComesBeforeWhoDividesHasHeardAllIsAnsweredOnceItHas() throws Exception {
    Use all = new Use("alice", new Connections(0, SEATS, 0), null, null);
    late.set(true);
    assertThat(connections(asked(new LimitQuestion(paris.next(), List.of(all))))).isEqualTo(SEATS);
    late.set(true);
    Buffer passedOn = text(new LimitQuestion(oslo.next(), List.of(all)));
    assertThat(connections(shares.answer(passedOn))).isZero();
    assertThat(late).isFalse();
  }

  /** And what it told ends when it would have else. */
  @Test
  void aQuestionWhoseTimeIsOverBeforeWhoDividesHasHeardAllIsGrantedNothing() throws Exception {
    upToDate.set(false);
    late.set(true);
    Use some = new Use("alice", new Connections(2, SEATS, 2), null, null);
    Future<Buffer> asked = asked(new LimitQuestion(paris.next(), List.of(some)));
    await().until(() -> !late.get());
    assertThat(shares.term()).isPositive(); // it has been noted by then
    later(Duration.ofNanos(LimitBook.LEASE_NANOS - 1));
    await().until(asked::failed);
    upToDate.set(true);
    await().until(() -> !told.isEmpty()); // which is when it is taken for the last time
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(SEATS - 2);
    later(Duration.ofNanos(1));
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(SEATS);
  }

  @Test
  void whatIsPassedOnWhileAnotherTakesOverIsAnsweredByThatOne() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    next.set(new OtherControl("3.1", 3, null));
    ends.set(true);
    assertThat(seats(paris, SEATS, 0)).isZero();
    assertThat(asked).containsExactly("1.1", "3.1");
  }

  /** Else it would be asked ten times a second by all that it hasn't the time for. */
  @Test
  void whoDividesAndDoesntAnswerIsntAskedOnceMore() {
    divider.set(new OtherControl("1.1", 1, null));
    next.set(divider.get());
    ends.set(true);
    assertThatThrownBy(() -> seats(paris, SEATS, 0)).hasMessageContaining("it has ended");
    assertThat(asked).containsExactly("1.1");
  }

  @Test
  void aQuestionToOneThatEndsMeanwhileIsAnsweredByWhoTakesOver() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    ends.set(true);
    assertThat(seats(paris, SEATS, 0)).isEqualTo(SEATS);
  }

  @Test
  void whoHasEndedDividesNoMoreAndAnswersNobodyElsesQuestions() throws Exception {
    assertThat(shares.term()).isPositive();
    close(shares);
    assertThat(shares.term()).isZero();
    assertThat(isAnswered(shares, text(new LimitQuestion(paris.next(), List.of())))).isFalse();
  }

  /** Another passes questions on until it has heard that this one doesn't divide. */
  @Test
  void whatIsPassedOnToOneThatDoesntDivideIsntAnsweredAndWhatItTellsIsKept() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    Use used = new Use("alice", new Connections(4, 0, 4), null, null);
    assertThat(isAnswered(shares, text(new LimitQuestion(paris.next(), List.of(used))))).isFalse();
    assertThat(forwarded.get().length()).isZero();
    divider.set(null);
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(1);
  }

  /** It waited on its way to here, while its node asked again. */
  @Test
  void anOldQuestionThatIsPassedOnLateDoesntTakeWhatANodeWasGrantedSince() throws Exception {
    Use none = new Use("alice", new Connections(0, 0, 0), null, null);
    Buffer old = text(new LimitQuestion(paris.next(), List.of(none)));
    assertThat(seats(paris, 4, 0)).isEqualTo(4);
    isAnswered(shares, old);
    assertThat(seats(oslo, SEATS, 0)).isEqualTo(1);
  }

  /** It would count as what the node said last, where that doesn't wait to be told any more. */
  @Test
  void anOldQuestionThatComesLateIsntToldToTheOthers() throws Exception {
    Use some = new Use("alice", new Connections(2, 0, 2), null, null);
    LimitQuestion old = new LimitQuestion(paris.next(), List.of(some));
    assertThat(seats(paris, 4, 0)).isEqualTo(4);
    assertThatThrownBy(() -> shares(asked(old))).hasMessageContaining("asked again");
    upToDate.set(false);
    assertThatThrownBy(() -> shares(asked(old))).hasMessageContaining("asked again");
    assertThat(told).hasSize(1);
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
    LimitShares anew = started();
    later(Duration.ofNanos(LimitBook.LEASE_NANOS - 1));
    Use used = new Use("alice", new Connections(4, 0, 4), null, new Rate(RATE, RATE));
    assertThat(isAnswered(anew, text(new LimitQuestion(paris.next(), List.of(used))))).isFalse();
    Use none = new Use("bob", new Connections(0, 0, 0), null, new Rate(0, 0));
    for (Use each : List.of(new Use("bob", new Connections(4, 0, 4), null, new Rate(1, 1)), none)) {
      assertThat(isAnswered(anew, text(new LimitQuestion(paris.next(), List.of(each))))).isFalse();
    }
    later(Duration.ofNanos(1));
    Use wanted = new Use("alice", new Connections(0, SEATS, 0), null, new Rate(RATE, 0));
    LimitAnswer.Share share = share(anew, new LimitQuestion(oslo.next(), List.of(wanted)));
    assertThat(share.connections()).isEqualTo(1);
    assertThat(share.rate()).isEqualTo(RATE / 8); // its least part
    Use free = new Use("bob", new Connections(0, SEATS, 0), null, new Rate(RATE, 0));
    share = share(anew, new LimitQuestion(oslo.next(), List.of(free)));
    assertThat(share.connections()).isEqualTo(SEATS);
    assertThat(share.rate()).isEqualTo(RATE);
    close(anew);
  }

  /** A seized node may write four million blanks, for each of which a letter is longer. */
  @Test
  void whatAnotherControlIsAskedHasNothingBesideTheQuestion() throws Exception {
    divider.set(new OtherControl("1.1", 1, null));
    String text = new String(MessageJson.write(new LimitQuestion(paris.next(), List.of())), UTF_8);
    Buffer blanks = Buffer.buffer(text.replace(",", ", " + "\n".repeat(1_000)));
    vertx
        .eventBus()
        .<Buffer>request(LimitQuestion.ADDRESS, blanks)
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
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
