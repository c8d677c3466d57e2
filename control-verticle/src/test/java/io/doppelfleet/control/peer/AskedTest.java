package io.doppelfleet.control.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What another control was asked, and doesn't answer in time. */
@Timeout(30)
final class AskedTest {
  private static final OtherControl OTHER = new OtherControl("2.1", 2, null);

  private final Outgoing outgoing = new Outgoing(new Sender("control.1", Instant.EPOCH));
  private final Asked asked = new Asked(outgoing);

  /** A node waits for two seconds, and then asks again: that isn't to wait for this. */
  @Test
  void ofLimitsTheAnswerIsAwaitedForLessLongThanTheNodeDoesAndThenItIsntAskedAnyMore()
      throws Exception {
    AtomicBoolean nodeWaits = new AtomicBoolean(true);
    CountDownLatch over = new CountDownLatch(2);
    AtomicBoolean inTime = new AtomicBoolean();
    Future<Buffer> answer = asked.askLimits(OTHER, Buffer.buffer("{}"));
    Promise.promise()
        .future()
        .timeout(2, TimeUnit.SECONDS)
        .onFailure(
            late -> {
              nodeWaits.set(false);
              over.countDown();
            });
    answer.onFailure(
        late -> {
          inTime.set(nodeWaits.get());
          over.countDown();
        });
    assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(inTime).isTrue();
    assertThat(outgoing.isAsking()).isFalse();
  }

  /** So that whoever divides then is asked at once. */
  @Test
  void whatWasPassedOnFailsOnceThatOneDividesNoMoreAndNothingElseDoes() {
    Future<Buffer> passedOn = asked.askLimits(OTHER, Buffer.buffer("{}"));
    Future<Buffer> ofNode = asked.ask(OTHER, "node", Buffer.buffer("a"));
    Future<Void> drain = asked.drain(OTHER, "node", 1);
    asked.dividedBy(new OtherControl("2.1", 2, null));
    assertThat(passedOn.isComplete()).isFalse();
    asked.dividedBy(null);
    assertThat(passedOn.failed()).isTrue();
    passedOn = asked.askLimits(OTHER, Buffer.buffer("{}"));
    asked.dividedBy(new OtherControl("3.1", 3, null));
    assertThat(passedOn.failed()).isTrue();
    assertThat(ofNode.isComplete()).isFalse();
    assertThat(drain.isComplete()).isFalse();
  }

  @Test
  void anAnswerGoesToWhoAskedForIt() {
    Future<Buffer> first = asked.ask(OTHER, "node", Buffer.buffer("a"));
    Future<Buffer> second = asked.ask(OTHER, "node", Buffer.buffer("b"));
    Letter letter = outgoing.next(new Letter.Speaker(1, null, 0, "", Map.of()));
    assertThat(letter.questions()).extracting(Letter.Question::text).containsExactly("a", "b");
    asked.answered(new Letter.Answer("1.1", letter.questions().get(1).id(), "of b"));
    asked.answered(new Letter.Answer("1.1", letter.questions().get(0).id(), null));
    assertThat(second.result()).hasToString("of b");
    assertThat(first.failed()).isTrue();
  }
}
