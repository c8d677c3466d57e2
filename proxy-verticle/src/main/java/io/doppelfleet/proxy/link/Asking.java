package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What is asked over one link: of each kind one question at a time. For its event loop. */
final class Asking {
  /** Who asked for the state waits no longer, so a later answer is published. */
  private static final long ANSWER_NANOS = 4_500_000_000L;

  private final Outbox outbox;
  private final Map<String, Question> byAddress = new HashMap<>();
  private int questions;

  /**
   * What was asked on this process's bus.
   *
   * @param number of the question on the link
   * @param at by the monotonic clock, nanoseconds
   */
  private record Question(int number, Message<Buffer> message, long at) {}

  Asking(Outbox outbox) {
    this.outbox = outbox;
  }

  /** A state that is on its way isn't asked for again. */
  void ask(String address, Message<Buffer> message) {
    Question before = byAddress.get(address);
    if (before != null && address.equals(StateRequest.ADDRESS)) {
      byAddress.put(address, new Question(before.number, message, before.at));
      return;
    }
    if (!outbox.isFree()) {
      message.fail(0, "the link to the control is too slow for all that is to be said");
      return;
    }
    Question question = new Question(++questions, message, System.nanoTime());
    byAddress.put(address, question);
    outbox.say(Frames.ofQuestion(question.number, message.body()));
  }

  /**
   * The answer has come.
   *
   * @param late takes a state for which nobody waits any more
   */
  void answered(int number, Buffer text, Consumer<Buffer> late) {
    for (Map.Entry<String, Question> each : byAddress.entrySet()) {
      Question question = each.getValue();
      if (question.number == number) {
        byAddress.remove(each.getKey());
        boolean isLate =
            each.getKey().equals(StateRequest.ADDRESS)
                && System.nanoTime() - question.at > ANSWER_NANOS;
        if (text.length() == 0) {
          question.message.fail(0, "the control can't answer now");
        } else if (isLate) {
          late.accept(text);
        } else {
          question.message.reply(text);
        }
        return;
      }
    }
  }

  /** No answer comes any more. */
  void end() {
    byAddress
        .values()
        .forEach(question -> question.message.fail(0, "the link to the control has ended"));
  }
}
