package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  /** By then the others have heard that this control divides. */
  private static final long SAID_MILLIS = 200;

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
     * one of the latest term does, and the lowest number.
     *
     * @param term in which this one divides; 0: it doesn't
     */
    @Nullable OtherControl divider(long term);

    /** One after all others that were heard of. The others are told that this one divides in it. */
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

  /**
   * What becomes of a question.
   *
   * @param divider who answers it; null: nobody else does
   * @param shares null: nobody here does
   */
  private record Taken(@Nullable OtherControl divider, @Nullable List<LimitAnswer.Share> shares) {}

  /**
   * Listens from now on.
   *
   * @param sender of this control's messages
   * @param states the one that nodes were told last
   * @param nodes how many there are
   * @param others null: the store can have none
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public LimitShares(
      Vertx vertx,
      Sender sender,
      Supplier<FleetState> states,
      IntSupplier nodes,
      @Nullable Others others,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.sender = sender;
    this.nodes = nodes;
    this.others = others == null ? new Nobody() : others;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.book = new LimitBook(states, nanoTime);
    this.questions = vertx.eventBus().consumer(LimitQuestion.ADDRESS, this::asked);
  }

  private void asked(Message<Buffer> message) {
    answered(() -> answerHere(read(message.body())))
        .onSuccess(message::reply)
        .onFailure(failure -> message.fail(0, failure.getMessage()));
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
  private Future<Buffer> answerHere(LimitQuestion question) {
    Taken taken = take(question);
    if (taken.shares != null) {
      return Future.succeededFuture(granted(question, taken.shares));
    }
    if (taken.divider == null) {
      others.tellLimits(question); // whoever begins to divide has to know it
      return Future.failedFuture("what nodes hold isn't known yet, or this one has asked again");
    }
    Buffer anew = Buffer.buffer(MessageJson.write(question)); // it may have come full of blanks
    return others
        .askLimits(taken.divider, anew)
        .recover(
            failure ->
                term() > 0 // that one has ended meanwhile
                    ? vertx
                        .timer(SAID_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(said -> answered(() -> answerHere(question)))
                    : Future.failedFuture(failure));
  }

  /**
   * The answer to a question that another control passes on; fails where this one doesn't divide.
   */
  public Future<Buffer> answer(Buffer text) {
    return answered(
        () -> {
          LimitQuestion question = read(text);
          Taken taken = take(question);
          return taken.shares == null
              ? Future.failedFuture("this control doesn't divide, or the node has asked again")
              : Future.succeededFuture(granted(question, taken.shares));
        });
  }

  private synchronized Taken take(LimitQuestion question) {
    OtherControl divider = look();
    if (term > 0 && others.isUpToDate()) {
      return new Taken(null, book.grant(question));
    }
    book.note(question);
    return new Taken(divider, null);
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
    others.tellLimits(holds(question, shares));
    return Buffer.buffer(
        MessageJson.write(new LimitAnswer(sender.next(), Math.max(1, nodes.getAsInt()), shares)));
  }

  /** As its node would say it, that may not live to do so. */
  private static LimitQuestion holds(LimitQuestion question, List<LimitAnswer.Share> shares) {
    Map<String, LimitQuestion.Use> uses = new HashMap<>();
    question.uses().forEach(use -> uses.put(use.secret(), use));
    return new LimitQuestion(
        question.stamp(),
        shares.stream()
            .map(share -> holds(Objects.requireNonNull(uses.get(share.secret())), share))
            .toList());
  }

  private static LimitQuestion.Use holds(LimitQuestion.Use use, LimitAnswer.Share share) {
    LimitQuestion.Connections told = use.connections();
    Integer seats = share.connections();
    LimitQuestion.Addresses places = use.addresses();
    List<Integer> admitted = share.addresses();
    LimitQuestion.Rate rate = use.rate();
    Long speed = share.rate();
    return new LimitQuestion.Use(
        use.secret(),
        told == null || seats == null
            ? null
            : new LimitQuestion.Connections(told.taken(), 0, Math.max(told.held(), seats)),
        places == null || admitted == null
            ? null
            : new LimitQuestion.Addresses(
                places.generation(),
                List.of(),
                Stream.concat(admitted.stream(), places.seen().stream())
                    .limit(LimitQuestion.MOST_TOKENS)
                    .toList()),
        rate == null || speed == null
            ? null
            : new LimitQuestion.Rate(rate.wanted(), Math.max(rate.held(), speed)));
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
