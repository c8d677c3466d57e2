package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.KeyGeneration;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Settings;
import io.doppelfleet.fleet.TrafficReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a node lets a limited secret do, with and without a control's answers. */
class AllowanceTest {
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final int MIB = 1 << 20;

  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger needs = new AtomicInteger();
  private final Books books = new Books(clock::get);
  private final Account account = books.open(ALICE);
  private final Allowance allowance = account.book().allowance();

  private void limit(Limits limits) {
    KeyGeneration key = new KeyGeneration(1, ALICE.secret(), Instant.EPOCH, null);
    FleetSecret secret = new FleetSecret("alice", List.of(key), limits, Set.of());
    books.onNeed(needs::incrementAndGet);
    books.limit(new FleetState(1, List.of(secret), List.of(), List.of(), Settings.DEFAULTS));
  }

  private static Limits bytes(long most) {
    return new Limits(null, null, Map.of(Limits.Period.DAY, most), null, null);
  }

  private TrafficReport.Budget budget() {
    return Objects.requireNonNull(books.budget(books.now().getFirst()));
  }

  /** A report that says what is held, and the answer to it. */
  private void grant(long bytes) {
    TrafficReport.Count told = books.now().getFirst();
    books.budget(told);
    books.grant(told, bytes);
  }

  @Test
  void withoutAnAnswerAMebibytePassesAndThenNothingUntilAControlGrantsMore() {
    account.passed(true, 5 * MIB);
    assertThat(allowance.isSpent()).isFalse();
    assertThat(books.budget(books.now().getFirst())).isNull();
    limit(bytes(100 * MIB));
    assertThat(needs).hasValue(1);
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", MIB, true));
    account.passed(false, MIB - 1);
    assertThat(allowance.isSpent()).isFalse();
    account.passed(true, 1);
    assertThat(allowance.isSpent()).isTrue();
    books.grant(books.now().getFirst(), 8 * MIB);
    assertThat(allowance.isSpent()).isFalse();
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", 8 * MIB, false));
    books.grant(books.now().getFirst(), 0);
    assertThat(allowance.isSpent()).isTrue();
  }

  @Test
  void aGrantCountsFromTheReportThatAskedForIt() {
    limit(bytes(100 * MIB));
    TrafficReport.Count told = books.now().getFirst();
    account.passed(true, 3 * MIB);
    books.grant(told, 8 * MIB);
    assertThat(budget().held()).isEqualTo(5 * MIB);
  }

  @Test
  void itAsksOnceWhenHalfIsGone() {
    limit(bytes(100 * MIB));
    grant(8 * MIB);
    needs.set(0);
    account.passed(true, 4 * MIB);
    assertThat(allowance.isSpent()).isFalse();
    assertThat(needs).hasValue(0);
    account.passed(true, 1);
    for (int i = 0; i < 3; i++) {
      assertThat(allowance.isSpent()).isFalse();
    }
    assertThat(needs).hasValue(1);
    assertThat(budget().asks()).isTrue();
  }

  @Test
  void whatLiesIdleForAMinuteIsGivenBack() {
    limit(bytes(100 * MIB));
    grant(64 * MIB);
    account.passed(true, MIB);
    assertThat(budget().held()).isEqualTo(63 * MIB);
    clock.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(budget().held()).isEqualTo(63 * MIB);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", MIB, false));
    account.passed(true, MIB);
    assertThat(allowance.isSpent()).isTrue();
    assertThat(budget().asks()).isTrue();
  }

  @Test
  void aNodeThatEndsHoldsNothingAndAsksForNothing() {
    limit(bytes(100 * MIB));
    grant(50 * MIB);
    account.passed(true, 30 * MIB); // so that it asks
    assertThat(allowance.isSpent()).isFalse();
    assertThat(budget().asks()).isTrue();
    books.giveBack();
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", 0, false));
    books.grant(books.now().getFirst(), 50 * MIB); // the answer, which comes too late
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", 0, false));
  }

  @Test
  void aLimitThatIsTakenAwayLimitsNothingAndAnotherOneIsAskedForAnew() {
    limit(bytes(MIB));
    grant(0);
    assertThat(allowance.isSpent()).isTrue();
    limit(bytes(100 * MIB));
    assertThat(budget().asks()).isTrue();
    limit(Limits.NONE);
    assertThat(allowance.isSpent()).isFalse();
    assertThat(books.budget(books.now().getFirst())).isNull();
    books.grant(books.now().getFirst(), 0); // of before
    assertThat(allowance.isSpent()).isFalse();
  }

  @Test
  void anAnswerThatMayBeByTheLimitsOfBeforeIsAskedForOnceMore() {
    limit(bytes(100 * MIB));
    TrafficReport.Count told = books.now().getFirst();
    assertThat(budget().asks()).isTrue();
    limit(bytes(2 * MIB)); // while the report is under way
    books.grant(told, 50 * MIB);
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", 50 * MIB, true));
    books.grant(told, MIB);
    assertThat(budget()).isEqualTo(new TrafficReport.Budget("alice", MIB, false));
  }
}
