package io.doppelfleet.control.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.control.node.OtherControl;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What other controls were asked of their nodes, or by nodes here, and have not answered yet. For
 * any threads.
 */
final class Asked {
  /** A node waits for 2 s, and asks again: its next question isn't to meet this one. */
  private static final long LIMITS_MILLIS = 1_500;

  private static final int MOST = 1_000;

  private final Outgoing outgoing;
  private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /**
   * What has yet to be answered.
   *
   * @param divider the id of the control that was asked as the one that divides limits; null: it
   *     was asked something else
   */
  private record Waiting(@Nullable String divider, Promise<Buffer> answer) {}

  Asked(Outgoing outgoing) {
    this.outgoing = outgoing;
  }

  /** A node's answer; fails where none comes in time. */
  Future<Buffer> ask(OtherControl control, String node, Buffer question) {
    return ask(control, node, question, null, NodesHere.ANSWER_MILLIS);
  }

  /** A control's answer to what a node here asks of limits; fails where none comes in time. */
  Future<Buffer> askLimits(OtherControl control, Buffer question) {
    return ask(control, Letter.Question.CONTROL, question, control.id(), LIMITS_MILLIS);
  }

  private Future<Buffer> ask(
      OtherControl control, String node, Buffer question, @Nullable String divider, long millis) {
    return answer(
        divider,
        id -> outgoing.ask(new Letter.Question(control.id(), id, node, question.toString(UTF_8))),
        millis);
  }

  /** Done when the node was told; fails where the control doesn't say so in time. */
  Future<Void> drain(OtherControl control, String node, long seconds) {
    return answer(
            null,
            id -> outgoing.drain(new Letter.Drain(control.id(), id, node, seconds)),
            NodesHere.ANSWER_MILLIS)
        .mapEmpty();
  }

  private Future<Buffer> answer(@Nullable String divider, LongPredicate asking, long millis) {
    long id = last.incrementAndGet();
    Promise<Buffer> answer = Promise.promise();
    waiting.put(id, new Waiting(divider, answer));
    if (waiting.size() > MOST || !asking.test(id)) {
      waiting.remove(id);
      return Future.failedFuture("too many questions wait for an answer");
    }
    return answer
        .future()
        .timeout(millis, TimeUnit.MILLISECONDS)
        .onFailure(late -> outgoing.forget(id))
        .onComplete(done -> waiting.remove(id));
  }

  void answered(Letter.Answer answer) {
    Waiting waits = waiting.get(answer.id());
    String text = answer.text();
    if (waits != null && text != null) {
      waits.answer.tryComplete(Buffer.buffer(text));
    } else if (waits != null) {
      waits.answer.tryFail("the node can't answer now");
    }
  }

  /** Who was asked of limits, and isn't the one that divides them now, answers no more. */
  void dividedBy(@Nullable OtherControl control) {
    String id = control == null ? "" : control.id();
    waiting.values().stream()
        .filter(each -> each.divider != null && !each.divider.equals(id))
        .forEach(each -> each.answer.tryFail("it no longer divides limits"));
  }
}
