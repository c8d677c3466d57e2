package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** How fast a limited secret is here, by what a control answers and where none does. */
class PaceTest {
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int KIB = 1024;
  private static final long LIMIT = 1024 * KIB;

  private final AtomicLong clock = new AtomicLong();
  private final Peers peers = new Peers(clock::get);
  private final Book book = new Book("alice", 1, clock::get, () -> {}, peers, new LongAdder());
  private final Account account = new Account(ALICE, book);
  private final Pace pace = new Pace(LIMIT, book, peers, clock::get);

  PaceTest() {
    book.add(account);
  }

  private void assertIs(long bytesPerSecond) {
    Rate rate = pace.rate();
    clock.addAndGet(10 * SECOND); // rested
    long now = clock.get();
    rate.passed((int) (bytesPerSecond / 4), now);
    assertThat(rate.pause(now)).isBetween(0L, SECOND / 1000);
    rate.passed((int) (bytesPerSecond / 4), now);
    assertThat(rate.pause(now)).isBetween(SECOND / 5, SECOND * 3 / 10);
  }

  private void grant(long share) {
    peers.answered(1, 4, clock.get());
    pace.granted(share);
  }

  @Test
  void aloneItHasAllOfTheLimitAndCutOffItsPartOfIt() {
    assertIs(LIMIT);
    grant(LIMIT / 2);
    assertIs(LIMIT / 2); // for longer than the lease: nobody has asked yet
    peers.unanswered();
    pace.use();
    assertIs(LIMIT / 4);
    grant(LIMIT * 3 / 4);
    assertIs(LIMIT * 3 / 4);
  }

  @Test
  void itWantsTwiceWhatItUsesAndAllThereIsWhereSomebodyWaits() {
    assertThat(pace.use()).isNull();
    account.passed(true, 100 * KIB);
    clock.addAndGet(2 * SECOND);
    assertThat(pace.use()).isEqualTo(new LimitQuestion.Rate(100 * KIB, 0));
    grant(200 * KIB);
    pace.waits();
    clock.addAndGet(SECOND);
    assertThat(pace.use()).isEqualTo(new LimitQuestion.Rate(LIMIT, 200 * KIB));
    clock.addAndGet(SECOND);
    LimitQuestion.Rate idle = Objects.requireNonNull(pace.use());
    assertThat(idle).isEqualTo(new LimitQuestion.Rate(0, 200 * KIB)); // so that others may have it
    grant(0);
    assertThat(pace.use()).isNull();
    assertIs(LIMIT / 4);
  }

  @Test
  void whatHasPassedIsWaitedForByTheRateThatHoldsNow() {
    Rate rate = pace.rate();
    long now = clock.get();
    rate.passed(1024 * KIB + 256 * KIB, now);
    assertThat(rate.pause(now)).isEqualTo(SECOND);
    rate.become(LIMIT / 2, now);
    assertThat(rate.pause(now)).isEqualTo(2 * SECOND);
    rate.become(2 * LIMIT, now);
    assertThat(rate.pause(now)).isEqualTo(SECOND / 2);
  }
}
