package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.BanAnswer;
import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;

/** Tells controls how many connections of this node a ban would cut. */
public final class BanCounter {
  private final Sender sender;
  private final Function<Prefix, Future<Map<String, Integer>>> reached;
  private final MessageConsumer<Buffer> questions;

  /**
   * Listens from now on.
   *
   * @param sender of this node's messages
   * @param reached the connections that addresses have now, by secret
   */
  public BanCounter(
      Vertx vertx, Sender sender, Function<Prefix, Future<Map<String, Integer>>> reached) {
    this.sender = sender;
    this.reached = reached;
    this.questions = vertx.eventBus().consumer(BanQuestion.ADDRESS, this::asked);
  }

  private void asked(Message<Buffer> message) {
    try {
      if (MessageJson.read(message.body().getBytes()) instanceof BanQuestion question) {
        reached
            .apply(question.prefix())
            .map(bySecret -> answer(question.prefix(), bySecret))
            .onSuccess(answer -> message.reply(Buffer.buffer(MessageJson.write(answer))))
            .onFailure(failure -> message.fail(0, String.valueOf(failure.getMessage())));
      } else {
        message.fail(0, "that is no question about a ban, which belongs here");
      }
    } catch (InvalidValueException e) {
      message.fail(0, e.getMessage());
    }
  }

  private BanAnswer answer(Prefix prefix, Map<String, Integer> bySecret) {
    return new BanAnswer(
        sender.next(),
        bySecret.values().stream().mapToInt(Integer::intValue).sum(),
        bySecret.entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(BanQuestion.namesSecrets(prefix) ? BanAnswer.MOST_SECRETS : 0)
            .map(each -> new BanAnswer.Reached(each.getKey(), each.getValue()))
            .toList());
  }

  /** Listens no more. */
  public Future<Void> end() {
    return questions.unregister();
  }
}
