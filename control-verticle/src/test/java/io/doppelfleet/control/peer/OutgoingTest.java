package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Sender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What goes to other controls in which letter, and what doesn't. */
final class OutgoingTest {
  private static final LimitQuestion HELD =
      new LimitQuestion(
          new Sender("paris", 1).next(),
          List.of(new LimitQuestion.Use("alice", null, null, new LimitQuestion.Rate(1, 1))));

  private final Outgoing outgoing = new Outgoing(new Sender("control.1", Instant.EPOCH));

  private Letter next() {
    return outgoing.next(new Letter.Speaker(1, null, 0, "challenge", Map.of()));
  }

  private static Letter.Question question(long id, int length) {
    return new Letter.Question("2.1", id, "node", "x".repeat(length));
  }

  private List<Long> asked() {
    return next().questions().stream().map(Letter.Question::id).toList();
  }

  /** All that go, in letters that each have some. */
  private List<Long> askedInAll() {
    List<Long> all = new ArrayList<>();
    while (outgoing.isAsking()) {
      List<Long> now = asked();
      assertThat(now).isNotEmpty();
      all.addAll(now);
    }
    return all;
  }

  @Test
  void moreQuestionsThanThereIsRoomForAreRefusedAtOnceAndCounted() {
    int most = 1_000;
    for (int id = 1; id <= most; id++) {
      assertThat(outgoing.ask(question(id, 1))).isTrue();
    }
    assertThat(outgoing.dropped()).isZero();
    assertThat(outgoing.ask(question(most + 1, 1))).isFalse();
    assertThat(outgoing.dropped()).isEqualTo(1);
    assertThat(askedInAll())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, most).boxed().toList());
    assertThat(outgoing.ask(question(most + 2, 1))).isTrue();
    for (int id = 1; id <= most + 5; id++) {
      outgoing.answer(new Letter.Answer("2.1", id, "x"));
      outgoing.drain(new Letter.Drain("2.1", id, "node", 1));
    }
    assertThat(outgoing.dropped()).isEqualTo(11);
  }

  @Test
  void aQuestionForWhoseAnswerNobodyWaitsAnyMoreDoesntGo() {
    outgoing.ask(question(1, 1));
    outgoing.ask(question(2, 1));
    outgoing.tell(HELD);
    outgoing.forget(1);
    assertThat(asked()).containsExactly(2L, 0L);
    assertThat(outgoing.isAsking()).isFalse();
  }

  /** Nor is one of a node of another control, whom a ban would cut, dropped for it. */
  @Test
  void whatNodesHoldGoesBesideQuestionsAndTakesNoneOfTheirRoom() {
    for (int id = 1; id <= 1_000; id++) {
      outgoing.tell(HELD);
      assertThat(outgoing.ask(question(id, 1))).isTrue();
    }
    assertThat(asked()).hasSize(101).endsWith(100L, 0L);
    assertThat(asked()).hasSize(100);
    assertThat(outgoing.dropped()).isZero();
  }

  @Test
  void longQuestionsGoOneAfterTheOtherAndTooLongOnesNotAtAll() {
    assertThat(outgoing.ask(question(1, Outgoing.LONGEST_TEXT))).isTrue();
    assertThat(outgoing.ask(question(2, Outgoing.LONGEST_TEXT))).isTrue();
    assertThat(outgoing.ask(question(3, Outgoing.LONGEST_TEXT + 1))).isFalse();
    assertThat(outgoing.ask(question(4, 1))).isTrue();
    assertThat(outgoing.dropped()).isEqualTo(1);
    assertThat(asked()).containsExactly(1L);
    assertThat(asked()).containsExactly(2L);
    assertThat(asked()).containsExactly(4L);
  }

  @Test
  void whoAsksHearsThatAnAnswerIsTooLong() {
    outgoing.answer(new Letter.Answer("2.1", 7, "x".repeat(Outgoing.LONGEST_TEXT + 1)));
    assertThat(next().answers()).containsExactly(new Letter.Answer("2.1", 7, null));
  }

  @Test
  void whatWasMissedOrRemovedGoesOnceMoreWhereALetterIsLost() {
    outgoing.missed();
    outgoing.removed("node-3");
    outgoing.ask(question(1, 1));
    outgoing.lost(next());
    Letter again = next();
    assertThat(again.missed()).isTrue();
    assertThat(again.removed()).containsExactly("node-3");
    assertThat(again.questions()).isEmpty();
    assertThat(next().missed()).isFalse();
  }
}
