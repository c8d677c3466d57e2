package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.LimitQuestion.Connections;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many clients of a secret a node lets in, by what a control answers and where none does. */
@Timeout(60)
class SeatsTest {
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final Duration LEASE = Duration.ofSeconds(LimitQuestion.LEASE_SECONDS);
  private static final int MOST = 8;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger questions = new AtomicInteger();
  private final EventLoop loop = new DefaultEventLoop();
  private final Peers peers = new Peers(clock::get);
  private final Book book =
      new Book("alice", 1, clock::get, () -> {}, new Peers(clock::get), new LongAdder());
  private final Seats seats = new Seats(book, peers, clock::get);

  SeatsTest() {
    seats.limit(MOST);
  }

  @AfterEach
  void end() throws Exception {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).get();
  }

  private Future<Boolean> comes() {
    return seats.take(loop);
  }

  private static boolean isSeated(Future<Boolean> client) throws Exception {
    return client.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Connections told() {
    return Objects.requireNonNull(seats.use());
  }

  private void answer(int share) {
    peers.answered(1, 2, clock.get());
    seats.granted(share);
  }

  private void noAnswer() {
    peers.unanswered();
    seats.answered();
  }

  @Test
  void aloneAllOfTheLimitIsItsOwnAndNobodyIsAsked() throws Exception {
    for (int i = 0; i < MOST; i++) {
      assertThat(comes().result()).isTrue();
    }
    assertThat(comes().result()).isFalse();
    seats.leave();
    assertThat(comes().result()).isTrue();
    assertThat(questions).hasValue(0);
  }

  @Test
  void whoFindsNoneFreeWaitsForTheAnswerAndTheOthersForTheNext() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> first = comes();
    final Future<Boolean> second = comes();
    assertThat(questions).hasValue(2);
    assertThat(told()).isEqualTo(new Connections(0, 2, 0));
    final Future<Boolean> third = comes();
    assertThat(first.isComplete()).isFalse();
    answer(2);
    assertThat(isSeated(first)).isTrue();
    assertThat(isSeated(second)).isTrue();
    assertThat(third.isComplete()).isFalse();
    assertThat(told()).isEqualTo(new Connections(2, 1, 2));
    answer(2);
    assertThat(isSeated(third)).isFalse();
    assertThat(comes().result()).isFalse(); // so soon there is no other answer
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    final Future<Boolean> later = comes();
    assertThat(told()).isEqualTo(new Connections(2, 1, 2));
    answer(4);
    assertThat(isSeated(later)).isTrue();
    assertThat(comes().result()).isTrue(); // what is spare
    assertThat(told()).isEqualTo(new Connections(4, 0, 4));
  }

  @Test
  void whereNoControlAnswersItHasWhatItHeldAndAfterThatItsPartOfTheLimit() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> first = comes();
    told();
    answer(6);
    assertThat(isSeated(first)).isTrue();
    noAnswer();
    clock.addAndGet(LEASE.toNanos() - 1);
    for (int i = 1; i < 6; i++) {
      assertThat(comes().result()).isTrue();
    }
    assertThat(comes().result()).isFalse();
    clock.addAndGet(1);
    seats.leave();
    assertThat(comes().result()).isFalse();
    seats.leave();
    seats.leave();
    assertThat(comes().result()).isTrue(); // the fourth, of eight and two nodes
    assertThat(comes().result()).isFalse();
    assertThat(told()).isEqualTo(new Connections(4, 0, 0));
  }

  /** What it held is others' as soon as a control has heard of it. */
  @Test
  void thatNothingIsUsedAnyMoreIsToldUntilItIsAnswered() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> first = comes();
    told();
    answer(3);
    assertThat(isSeated(first)).isTrue();
    seats.leave();
    assertThat(told()).isEqualTo(new Connections(0, 0, 3));
    answer(0);
    assertThat(told()).isEqualTo(new Connections(0, 0, 0));
    noAnswer();
    assertThat(told()).isEqualTo(new Connections(0, 0, 0));
    answer(0);
    assertThat(seats.use()).isNull();
  }

  /** One question in vain is no reason to take what another node may have. */
  @Test
  void untilTheLeaseEndsItTakesNoMoreThanItHolds() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> first = comes();
    told();
    answer(1);
    assertThat(isSeated(first)).isTrue();
    noAnswer();
    assertThat(comes().result()).isFalse();
    clock.addAndGet(LEASE.toNanos());
    assertThat(comes().result()).isTrue();
  }

  /** As after a control's start, which answers nobody yet. */
  @Test
  void whoHoldsNothingAndHasNoAnswerHasItsPartAtOnce() throws Exception {
    peers.begin(questions::incrementAndGet);
    clock.addAndGet(10 * LEASE.toNanos()); // so long it had nothing to ask
    final Future<Boolean> first = comes();
    told();
    noAnswer();
    assertThat(isSeated(first)).isTrue();
  }

  /** Another node may have it by now. */
  @Test
  void whatWasHeldBeforeTheNodeWasCutOffItHasNotWhenItIsBack() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> first = comes();
    told();
    answer(6);
    assertThat(isSeated(first)).isTrue();
    clock.addAndGet(LEASE.toNanos() - 1);
    peers.answered(1, 2, clock.get()); // a question in which this secret isn't
    clock.addAndGet(1);
    Future<Boolean> second = comes();
    assertThat(second.isComplete()).isFalse();
    assertThat(told()).isEqualTo(new Connections(1, 1, 0));
  }

  @Test
  void whoWaitsIsLetInWhenTheLimitIsTakenAway() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> asked = comes();
    told();
    final Future<Boolean> waiting = comes();
    seats.limit(null);
    assertThat(isSeated(asked)).isTrue();
    assertThat(isSeated(waiting)).isTrue();
  }

  @Test
  void anotherLimitIsAskedForAtOnce() throws Exception {
    peers.begin(questions::incrementAndGet);
    final Future<Boolean> refused = comes();
    told();
    answer(0);
    assertThat(isSeated(refused)).isFalse();
    assertThat(comes().result()).isFalse();
    seats.limit(MOST);
    Future<Boolean> client = comes();
    assertThat(client.isComplete()).isFalse();
    told();
    answer(1);
    assertThat(isSeated(client)).isTrue();
  }

  @Test
  void noSeatIsLostWherePairsBeginAndEndMeanwhile() throws Exception {
    int most = 3;
    seats.limit(most);
    Account account = new Account(ALICE, book);
    book.add(account);
    AtomicBoolean over = new AtomicBoolean();
    Thread others =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!over.get()) {
                    for (int i = 0; i < most; i++) {
                      account.began();
                    }
                    for (int i = 0; i < most; i++) {
                      account.ended();
                    }
                  }
                });
    for (int i = 0; i < 2_000_000; i++) {
      if (seats.sit()) {
        seats.leave();
      }
    }
    over.set(true);
    others.join();
    for (int i = 0; i < most; i++) {
      assertThat(seats.sit()).isTrue();
    }
    assertThat(seats.sit()).isFalse();
  }
}
