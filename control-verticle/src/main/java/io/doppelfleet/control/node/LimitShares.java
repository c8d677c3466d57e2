package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides secrets' limits among the nodes that use them. Of a store's controls one does, as long as
 * it is there, and tells the others what each node holds, so that each of them can take over. The
 * others pass their nodes' questions on. Who has only started doesn't begin for as long as nodes
 * hold what was granted before, and by then has heard what they use. Safe for use by many threads.
 */
public final class LimitShares {
  private static final Logger LOG = LoggerFactory.getLogger(LimitShares.class);

  /** A node waits for 2 s, and asks again: its next question isn't to meet this one. */
  private static final long ANSWER_MILLIS = 1_500;

  /** For one that another control passes on, whose letters take time, too. */
  private static final long PASSED_ON_MILLIS = 1_000;

  /** By then others have heard a letter as a rule, and this control its own. */
  private static final long LETTER_MILLIS = 100;

  private static final String OVERTAKEN = "the node has asked again";

  private final Vertx vertx;
  private final Sender sender;
  private final IntSupplier nodes;
  private final Others others;
  private final LongSupplier nanoTime;
  private final long start;
  private final MessageConsumer<Buffer> questions;
  private final LimitBook book;

  /** In which this control divides; 0: it doesn't. */
  private long term;

  private boolean ended;

  /** The other controls of the store. From any thread. */
  public interface Others {
    /**
     * The one that divides limits, to which this one leaves it; null: there is none. Of several the
     * one of the latest term does, and of these who was the first to say so.
     *
     * @param term in which this one divides; 0: it doesn't
     */
    @Nullable OtherControl divider(long term);

    /**
     * One after all others that were heard of, of which the others are told that this one divides
     * in it; 0: another does by now.
     */
    long nextTerm();

    /** Whether this one hears what they say: else it can't divide. */
    boolean areHeard();

    /**
     * Whether it has heard what they have said until now, and they in which term it divides: else
     * it can't grant anything yet.
     */
    boolean isUpToDate();

    /** What the one that divides answers to a node's question; fails where it doesn't in time. */
    Future<Buffer> askLimits(OtherControl divider, Buffer question);

    /** All are told what a node holds, as it would say it. */
    void tellLimits(LimitQuestion holds);
  }

  /** There can be no others. */
  private static final class Nobody implements Others {
    @Override
    public @Nullable OtherControl divider(long term) {
      return null;
    }

    @Override
    public long nextTerm() {
      return 1;
    }

    @Override
    public boolean areHeard() {
      return true;
    }

    @Override
    public boolean isUpToDate() {
      return true;
    }

    @Override
    public Future<Buffer> askLimits(OtherControl divider, Buffer question) {
      return Future.failedFuture("there is no other control");
    }

    @Override
    public void tellLimits(LimitQuestion holds) {}
  }

  /** In which a question is taken: what it tells is noted once. */
  private enum Round {
    FIRST,
    LATER
  }

  /** What becomes of a question. */
  private sealed interface Taken {}

  /** It is answered here. */
  private record Granted(List<LimitAnswer.Share> shares) implements Taken {}

  /** Another control answers it. */
  private record Elsewhere(OtherControl divider) implements Taken {}

  /** It is within some letters that this is known. */
  private record Soon() implements Taken {}

  /** The node has asked again, and what it told then is known. */
  private record Overtaken() implements Taken {}

  /** Nobody answers it. */
  private record Left(String why) implements Taken {}

  /**
   * Listens from now on.
   *
   * @param sender of this control's messages
   * @param states the one that nodes were told last
   * @param nodes how many there are
   * @param others null: the store can have none
   * @param nanoTime a clock like {@link System#nanoTime}
   * @param meters where its counter goes
   */
  public LimitShares(
      Vertx vertx,
      Sender sender,
      Supplier<FleetState> states,
      IntSupplier nodes,
      @Nullable Others others,
      LongSupplier nanoTime,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.sender = sender;
    this.nodes = nodes;
    this.others = others == null ? new Nobody() : others;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.book =
        new LimitBook(
            states,
            nanoTime,
            Counter.builder("doppelfleet.control.addresses.uncounted")
                .description("Times that a client's address wasn't counted: there were too many")
                .register(meters));
    this.questions = vertx.eventBus().consumer(LimitQuestion.ADDRESS, this::asked);
  }

  private void asked(Message<Buffer> message) {
    within(ANSWER_MILLIS, over -> answerHere(read(message.body()), over, Round.FIRST))
        .onSuccess(message::reply)
        .onFailure(failure -> message.fail(0, failure.getMessage()));
  }

  /**
   * The answer to a question that another control passes on; fails where this one doesn't divide.
   */
  public Future<Buffer> answer(Buffer text) {
    return within(PASSED_ON_MILLIS, over -> answerOther(read(text), over, Round.FIRST));
  }

  /** By then it is over, and nobody waits for the answer any more. */
  private Future<Buffer> within(long millis, Function<Future<?>, Future<Buffer>> answer) {
    Promise<Buffer> given = Promise.promise();
    long timer =
        vertx.setTimer(millis, late -> given.tryFail("who divides hasn't answered in time"));
    answered(() -> answer.apply(given.future()))
        .onSuccess(given::tryComplete)
        .onFailure(given::tryFail)
        .onComplete(done -> vertx.cancelTimer(timer));
    return given.future();
  }

  private Future<Buffer> answered(Callable<Future<Buffer>> answer) {
    return vertx
        .executeBlocking(answer, false) // clients wait for it
        .onFailure(
            failure -> LOG.warn("what a node says of limits was left: {}", failure.getMessage()))
        .compose(given -> given);
  }

  private static LimitQuestion read(Buffer text) {
    if (!(MessageJson.read(text.getBytes()) instanceof LimitQuestion question)) {
      throw new InvalidValueException("message", "is no limit-question, which belongs here");
    }
    return question;
  }

  /** Of a node that asks this control. */
  private Future<Buffer> answerHere(LimitQuestion question, Future<?> over, Round round) {
    return switch (take(question, over, round)) {
      case Granted granted -> Future.succeededFuture(granted(question, granted.shares));
      case Elsewhere elsewhere -> passOn(question, elsewhere.divider, over);
      case Soon soon -> again(() -> answerHere(question, over, Round.LATER));
      case Overtaken overtaken -> Future.failedFuture(OVERTAKEN);
      case Left left -> leave(question, left.why);
    };
  }

  /** Whoever begins to divide has to know it. */
  private Future<Buffer> leave(LimitQuestion question, String why) {
    others.tellLimits(question);
    return Future.failedFuture(why);
  }

  private Future<Buffer> passOn(LimitQuestion question, OtherControl divider, Future<?> over) {
    Buffer anew = Buffer.buffer(MessageJson.write(question)); // it may have come full of blanks
    return others
        .askLimits(divider, anew)
        .recover(
            failure ->
                over.isComplete() || isDivider(divider)
                    ? Future.failedFuture(failure)
                    : answered(() -> answerHere(question, over, Round.LATER)));
  }

  private Future<Buffer> answerOther(LimitQuestion question, Future<?> over, Round round) {
    return switch (take(question, over, round)) {
      case Granted granted -> Future.succeededFuture(granted(question, granted.shares));
      case Soon soon -> again(() -> answerOther(question, over, Round.LATER));
      case Elsewhere elsewhere -> Future.failedFuture("another control divides");
      case Overtaken overtaken -> Future.failedFuture(OVERTAKEN);
      case Left left -> Future.failedFuture(left.why);
    };
  }

  private Future<Buffer> again(Callable<Future<Buffer>> answer) {
    return vertx.timer(LETTER_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> answered(answer));
  }

  private synchronized Taken take(LimitQuestion question, Future<?> over, Round round) {
    OtherControl divider = look();
    boolean late = over.isComplete(); // and what it was granted nobody would have
    if (!late && term > 0 && others.isUpToDate()) {
      List<LimitAnswer.Share> shares = book.grant(question);
      return shares == null ? new Overtaken() : new Granted(shares);
    }
    if (round == Round.FIRST && !book.note(question)) {
      return new Overtaken();
    }
    if (late) {
      return new Left("nobody waits for the answer any more");
    }
    if (term > 0 || ended) { // who has ended says so, and then another is asked
      return new Soon();
    }
    return divider == null ? new Left("what nodes hold isn't known yet") : new Elsewhere(divider);
  }

  private synchronized boolean isDivider(OtherControl control) {
    OtherControl divider = look();
    return divider != null && divider.id().equals(control.id());
  }

  /** Whether this control divides from now on, or no more; the other one that does. */
  private @Nullable OtherControl look() {
    OtherControl divider = others.divider(term);
    boolean knows = term > 0 || nanoTime.getAsLong() - start >= LimitBook.LEASE_NANOS;
    boolean divides = !ended && divider == null && knows && others.areHeard();
    if (!divides) {
      term = 0;
    } else if (term == 0) {
      term = others.nextTerm();
    }
    return divider;
  }

  private Buffer granted(LimitQuestion question, List<LimitAnswer.Share> shares) {
    others.tellLimits(LimitBook.holds(question, shares));
    return Buffer.buffer(
        MessageJson.write(new LimitAnswer(sender.next(), Math.max(1, nodes.getAsInt()), shares)));
  }

  /**
   * What a node holds that asks another control. At once: the next word may be that this one is to
   * take over.
   *
   * @throws InvalidValueException where that is no question
   */
  public void note(Buffer text) {
    LimitQuestion holds = read(text);
    synchronized (this) {
      book.note(holds);
    }
  }

  /**
   * In which term this control divides limits now, so that others pass questions on; 0: in none.
   */
  public synchronized long term() {
    look();
    return term;
  }

  /** A node was removed: the addresses that it told of may be made up, and those that it tells. */
  public synchronized void forget(String node) {
    book.forget(node);
  }

  /** Divides, and answers, no more. */
  public Future<Void> close() {
    synchronized (this) {
      ended = true;
    }
    return questions.unregister();
  }
}
