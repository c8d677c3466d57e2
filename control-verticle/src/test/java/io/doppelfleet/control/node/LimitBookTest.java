package io.doppelfleet.control.node;

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
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.Stamp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a control knows that nodes hold, whoever granted it. */
final class LimitBookTest {
  private static final int SEATS = 5;
  private static final long RATE = 8 << 20;
  private static final FleetState STATE = state();

  private long now = Long.MAX_VALUE - 3; // nanoTime may be anywhere
  private final LimitBook book =
      new LimitBook(() -> STATE, () -> now, new SimpleMeterRegistry().counter("uncounted"));
  private final Sender paris = new Sender("paris", 1);
  private final Sender oslo = new Sender("oslo", 1);

  private static FleetState state() {
    Secret secret = Secret.of(new byte[Secret.KEY_LENGTH], "cover.example");
    KeyGeneration key = new KeyGeneration(1, secret, Instant.EPOCH, null);
    Limits limits =
        new Limits(SEATS, new AddressLimit(2, Duration.ofHours(1)), Map.of(), RATE, null);
    return FleetState.of(1, List.of(new FleetSecret("alice", List.of(key), limits, Set.of())));
  }

  private static LimitQuestion seats(Stamp stamp, int taken, int waiting, int held) {
    Connections connections = new Connections(taken, waiting, held);
    return new LimitQuestion(stamp, List.of(new Use("alice", connections, null, null)));
  }

  private static LimitQuestion places(Stamp stamp, List<Integer> wanted, List<Integer> seen) {
    Addresses addresses = new Addresses(1, wanted, seen);
    return new LimitQuestion(stamp, List.of(new Use("alice", null, addresses, null)));
  }

  private static LimitQuestion rate(Stamp stamp, long wanted, long held) {
    return new LimitQuestion(stamp, List.of(new Use("alice", null, null, new Rate(wanted, held))));
  }

  private LimitAnswer.Share granted(LimitQuestion question) {
    return Objects.requireNonNull(book.grant(question)).getFirst();
  }

  private int seats(Sender node, int waiting) {
    return Objects.requireNonNull(granted(seats(node.next(), 0, waiting, 0)).connections());
  }

  @Test
  void whatANodeSaysThatItHoldsNobodyElseIsGranted() {
    book.note(seats(paris.next(), 1, 3, 4));
    assertThat(seats(oslo, SEATS)).isEqualTo(1);
    book.note(seats(paris.next(), 0, 0, 0));
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
    book.note(rate(paris.next(), RATE, RATE));
    assertThat(granted(rate(oslo.next(), RATE, 0)).rate()).isEqualTo(RATE / 8); // its least part
    book.note(rate(paris.next(), 0, 0));
    assertThat(granted(rate(oslo.next(), RATE, 0)).rate()).isEqualTo(RATE);
  }

  @Test
  void forWhatANodeWaitsItHasNotYet() {
    book.note(seats(paris.next(), 0, SEATS, 0));
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
    book.note(places(paris.next(), List.of(1, 2), List.of()));
    assertThat(granted(places(oslo.next(), List.of(3, 4), List.of())).addresses())
        .containsExactly(3, 4);
  }

  @Test
  void addressesThatANodeHasSeenCountWhoeverLetThemIn() {
    book.note(places(paris.next(), List.of(), List.of(1)));
    assertThat(granted(places(oslo.next(), List.of(2, 3), List.of())).addresses())
        .containsExactly(2);
  }

  /** One that waited on its way to another control, after a node that has moved. */
  @Test
  void anOldQuestionThatComesLateChangesNothingAndIsGrantedNothing() {
    Stamp old = paris.next();
    assertThat(seats(paris, 4)).isEqualTo(4);
    assertThat(book.grant(seats(old, 0, 0, 0))).isNull();
    book.note(seats(old, 0, 0, 0));
    assertThat(seats(oslo, SEATS)).isEqualTo(1);
    Stamp ofNow = paris.next();
    book.note(seats(paris.next(), 0, 0, 0));
    book.note(seats(ofNow, 4, 0, 4));
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
  }

  /** As its control tells it. */
  @Test
  void whatANodeWasGrantedForAQuestionThatIsKnownItHolds() {
    Stamp asked = paris.next();
    book.note(seats(asked, 0, 4, 0));
    book.note(seats(asked, 0, 0, 4));
    assertThat(seats(oslo, SEATS)).isEqualTo(1);
  }

  /** One that was thought to be gone tells it late, and its answer may not have come. */
  @Test
  void whatAnotherGrantedForAQuestionThatWasAnsweredHereToo() {
    Stamp asked = paris.next();
    assertThat(granted(seats(asked, 0, 4, 0)).connections()).isEqualTo(4);
    book.note(seats(asked, 0, 0, 2));
    assertThat(seats(oslo, SEATS)).isEqualTo(1);
    book.note(seats(paris.next(), 0, 0, 2));
    assertThat(seats(oslo, SEATS)).isEqualTo(3);
    asked = paris.next();
    assertThat(granted(rate(asked, RATE, 0)).rate()).isEqualTo(RATE);
    book.note(rate(asked, RATE, RATE / 2));
    assertThat(granted(rate(oslo.next(), RATE, 0)).rate()).isEqualTo(RATE / 8); // its least part
  }

  @Test
  void whatIsOlderThanWhatANodeHeldBeforeALeaseEndedCounts() {
    Stamp old = paris.next();
    assertThat(seats(paris, 4)).isEqualTo(4);
    now += LimitBook.LEASE_NANOS;
    assertThat(book.grant(seats(old, 0, 1, 0))).isNotNull();
  }

  @Test
  void aNodeThatStartsAnewIsntOlder() {
    paris.next();
    assertThat(seats(paris, 4)).isEqualTo(4);
    book.note(seats(new Sender("paris", 2).next(), 0, 0, 0));
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
  }

  @Test
  void whatANodeHoldsIsOthersAfterALease() {
    book.note(seats(paris.next(), 4, 0, 4));
    now += LimitBook.LEASE_NANOS - 1;
    assertThat(seats(oslo, SEATS)).isEqualTo(1);
    now++;
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
  }

  @Test
  void whatARemovedNodeIsSaidToHoldDoesntCount() {
    book.note(places(paris.next(), List.of(), List.of(1, 2)));
    book.forget("paris");
    book.note(places(paris.next(), List.of(), List.of(1, 2)));
    book.note(seats(paris.next(), SEATS, 0, SEATS));
    assertThat(granted(places(oslo.next(), List.of(3, 4), List.of())).addresses())
        .containsExactly(3, 4);
    assertThat(seats(oslo, SEATS)).isEqualTo(SEATS);
  }
}
