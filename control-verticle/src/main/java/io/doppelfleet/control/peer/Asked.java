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
import java.util.function.LongConsumer;

/** What other controls were asked of their nodes, and have not answered yet. For any threads. */
final class Asked {
  private static final int MOST = 1_000;

  private final Outgoing outgoing;
  private final Map<Long, Promise<Buffer>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  Asked(Outgoing outgoing) {
    this.outgoing = outgoing;
  }

  /** A node's answer; fails where none comes in time. */
  Future<Buffer> ask(OtherControl control, String node, Buffer question) {
    return answer(
        id -> outgoing.ask(new Letter.Question(control.id(), id, node, question.toString(UTF_8))));
  }

  /** Done when the node was told; fails where the control doesn't say so in time. */
  Future<Void> drain(OtherControl control, String node, long seconds) {
    return answer(id -> outgoing.drain(new Letter.Drain(control.id(), id, node, seconds)))
        .mapEmpty();
  }

  private Future<Buffer> answer(LongConsumer asking) {
    if (waiting.size() >= MOST) {
      return Future.failedFuture("too many questions wait for an answer");
    }
    long id = last.incrementAndGet();
    Promise<Buffer> answer = Promise.promise();
    waiting.put(id, answer);
    asking.accept(id);
    return answer
        .future()
        .timeout(NodesHere.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(done -> waiting.remove(id));
  }

  void answered(Letter.Answer answer) {
    Promise<Buffer> waits = waiting.get(answer.id());
    String text = answer.text();
    if (waits != null && text != null) {
      waits.tryComplete(Buffer.buffer(text));
    } else if (waits != null) {
      waits.tryFail("the node can't answer now");
    }
  }
}
