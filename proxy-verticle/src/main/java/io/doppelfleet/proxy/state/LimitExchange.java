package io.doppelfleet.proxy.state;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.proxy.relay.Uses;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a control what this node may use of limits that hold over the whole fleet: every {@value
 * #EVERY_MILLIS} ms as long as it uses any or was left without an answer, and at once where a
 * client waits for it. All of it is on one event loop, but for what may be long.
 */
public final class LimitExchange {
  private static final long EVERY_MILLIS = 1_000;

  /** A client's app waits for longer. */
  private static final long ANSWER_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(LimitExchange.class);

  private final Vertx vertx;
  private final Context context;
  private final Sender sender;
  private final Uses uses;
  private final long timer;
  private Future<Void> asking = Future.succeededFuture();

  /** Whether somebody waits whom the question under way may not count. */
  private boolean again;

  /**
   * What is told, and when, by the monotonic clock.
   *
   * @param question null: nothing is
   */
  private record Told(@Nullable Buffer question, long at) {}

  /**
   * Begins.
   *
   * @param sender of this node's messages
   */
  public LimitExchange(Vertx vertx, Sender sender, Uses uses) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.sender = sender;
    this.uses = uses;
    this.timer = vertx.setPeriodic(EVERY_MILLIS, tick -> context.runOnContext(go -> ask()));
    uses.begin(() -> context.runOnContext(go -> soon()));
  }

  private void soon() {
    if (asking.isComplete()) {
      ask();
    } else {
      again = true;
    }
  }

  private void ask() {
    if (asking.isComplete()) {
      again = false;
      asking =
          context
              .executeBlocking(this::next, false)
              .map(Objects::requireNonNull)
              .compose(
                  told ->
                      told.question == null
                          ? Future.succeededFuture()
                          : ask(told.question, told.at));
      asking.onComplete(
          over -> {
            if (again) {
              ask();
            }
          });
    }
  }

  /** Who was left without an answer asks on: nothing else tells it that it is cut off no more. */
  private Told next() {
    List<LimitQuestion.Use> used = uses.next();
    long now = System.nanoTime();
    return used.isEmpty() && uses.areAnswered()
        ? new Told(null, now)
        : new Told(Buffer.buffer(MessageJson.write(new LimitQuestion(sender.next(), used))), now);
  }

  private Future<Void> ask(Buffer question, long askedAt) {
    return vertx
        .eventBus()
        .<Buffer>request(
            LimitQuestion.ADDRESS, question, new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
        .transform(
            done ->
                context.executeBlocking(
                    () -> {
                      take(done, askedAt);
                      return null;
                    },
                    false));
  }

  /** That there is no link is told elsewhere. */
  private void take(AsyncResult<Message<Buffer>> done, long askedAt) {
    if (done.failed()) {
      uses.unanswered();
      return;
    }
    try {
      if (!(MessageJson.read(done.result().body().getBytes()) instanceof LimitAnswer answer)) {
        throw new InvalidValueException("message", "is no limit-answer: it was asked for");
      }
      uses.answered(answer, askedAt);
    } catch (InvalidValueException e) {
      LOG.warn("what a control says of limits was left: {}", e.getMessage());
      uses.unanswered();
    }
  }

  /**
   * Tells what is used yet, and then, where a control has answered that, what is held yet: nothing,
   * so that others have it at once. Asks no more.
   */
  public Future<Void> end() {
    vertx.cancelTimer(timer);
    Promise<Void> ended = Promise.promise();
    context.runOnContext(
        go ->
            once()
                .compose(told -> uses.areAnswered() ? once() : Future.succeededFuture())
                .onComplete(told -> ended.complete()));
    return ended.future();
  }

  /** Once more, after the question under way. */
  private Future<Void> once() {
    return asking.transform(
        over -> {
          ask();
          return asking;
        });
  }
}
