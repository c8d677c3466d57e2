package io.doppelfleet.control.node;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LimitAnswer;
import io.doppelfleet.fleet.LimitQuestion;
import io.doppelfleet.fleet.Limits;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides secrets' limits among the nodes that use them, in memory alone: nodes say again what they
 * hold. Of a secret of which a node has told nothing for {@value LimitQuestion#LEASE_SECONDS} s it
 * has nothing any more, and holds none of it by then. So nobody is answered as long after the
 * start: what was granted before it is held until then. Of a store's controls one divides, and the
 * others pass questions on. Safe for use by many threads.
 */
public final class LimitShares {
  private static final Logger LOG = LoggerFactory.getLogger(LimitShares.class);

  /** Of a question that another control is asked, bytes: with all that one may have it is less. */
  private static final int LONGEST = 1 << 19;

  /** So long after a node's question what it was granted then is its own. */
  static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(LimitQuestion.LEASE_SECONDS);

  private static final long TIDY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Vertx vertx;
  private final Sender sender;
  private final Supplier<FleetState> states;
  private final IntSupplier nodes;
  private final @Nullable Others others;
  private final LongSupplier nanoTime;

  /** Since when this control knows what nodes are granted. */
  private volatile long start;

  private final MessageConsumer<Buffer> questions;
  private final SeatShares seats = new SeatShares();
  private final RateShares rates = new RateShares();
  private final PlaceCounts counted = new PlaceCounts();
  private final Removed gone = new Removed();

  /** When what was seen or held too long ago went. */
  private long tidied;

  private @Nullable FleetState state;

  /** Those of that state, by secret. */
  private Map<String, Limited> limits = Map.of();

  /** The other controls of the store. From any thread. */
  public interface Others {
    /**
     * Which of them divides limits; null: this one does. One that is gone is so for longer than a
     * lease's time before another takes over.
     */
    @Nullable OtherControl divider();

    /** What it answers to a node's question; fails where it doesn't in time. */
    Future<Buffer> askLimits(OtherControl divider, Buffer question);
  }

  /**
   * A secret.
   *
   * @param generation of its newest key
   */
  private record Limited(Limits limits, int generation) {}

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
    this.states = states;
    this.nodes = nodes;
    this.others = others;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.tidied = start;
    this.questions = vertx.eventBus().consumer(LimitQuestion.ADDRESS, this::asked);
  }

  private void asked(Message<Buffer> message) {
    answer(message.body())
        .onSuccess(message::reply)
        .onFailure(failure -> message.fail(0, failure.getMessage()));
  }

  /**
   * The answer to a node's question, of this control or of the one that divides. Where it isn't of
   * this one, what the question tells is kept: whoever begins to divide knows what is used.
   */
  public Future<Buffer> answer(Buffer question) {
    OtherControl divider = others == null ? null : others.divider();
    boolean divides = divider == null && !isNew();
    return vertx
        .executeBlocking(() -> divides ? divided(question) : noted(question), false) // clients wait
        .map(Objects::requireNonNull)
        .onFailure(
            failure -> LOG.warn("what a node says of limits was left: {}", failure.getMessage()))
        .compose(text -> divides ? Future.succeededFuture(text) : elsewhere(divider, text));
  }

  private Future<Buffer> elsewhere(@Nullable OtherControl divider, Buffer question) {
    return others == null || divider == null
        ? Future.failedFuture("this control has only started, and what nodes hold yet isn't known")
        : others.askLimits(divider, question);
  }

  private boolean isNew() {
    return nanoTime.getAsLong() - start < LEASE_NANOS;
  }

  /** Another control is there: where this one has only started, that one has divided until now. */
  public void came() {
    if (isNew()) {
      start = nanoTime.getAsLong();
    }
  }

  private Buffer divided(Buffer text) {
    return Buffer.buffer(MessageJson.write(answer(read(text))));
  }

  /** The question as this version writes it, whatever else its text had. */
  private Buffer noted(Buffer text) {
    LimitQuestion question = read(text);
    note(question);
    Buffer anew = Buffer.buffer(MessageJson.write(question));
    if (anew.length() > LONGEST) {
      throw new InvalidValueException(
          "message", "has " + anew.length() + " bytes: " + LONGEST + " at the most");
    }
    return anew;
  }

  private static LimitQuestion read(Buffer text) {
    if (!(MessageJson.read(text.getBytes()) instanceof LimitQuestion question)) {
      throw new InvalidValueException("message", "is no limit-question, which belongs here");
    }
    return question;
  }

  private synchronized void note(LimitQuestion question) {
    String node = question.stamp().sender();
    long now = nanoTime.getAsLong();
    tidy(now);
    for (LimitQuestion.Use use : gone.has(node) ? List.<LimitQuestion.Use>of() : question.uses()) {
      Limited limit = limits().get(use.secret());
      if (limit != null && limit.limits.connections() != null && use.connections() != null) {
        seats.note(use.secret(), node, use.connections(), now);
      }
      if (limit != null && limit.limits.rate() != null && use.rate() != null) {
        rates.note(use.secret(), node, use.rate(), now);
      }
    }
  }

  private void tidy(long now) {
    if (now - tidied >= TIDY_NANOS) {
      counted.forget(now);
      seats.forget(now);
      rates.forget(now);
      tidied = now;
    }
  }

  private synchronized LimitAnswer answer(LimitQuestion question) {
    String node = question.stamp().sender();
    long now = nanoTime.getAsLong();
    tidy(now);
    List<LimitAnswer.Share> shares = new ArrayList<>();
    for (LimitQuestion.Use use : gone.has(node) ? List.<LimitQuestion.Use>of() : question.uses()) {
      Limited limit = limits().get(use.secret());
      if (limit != null) {
        shares.add(share(use, limit, node, now));
      }
    }
    return new LimitAnswer(sender.next(), Math.max(1, nodes.getAsInt()), shares);
  }

  private LimitAnswer.Share share(LimitQuestion.Use use, Limited limited, String node, long now) {
    Limits limit = limited.limits;
    Integer most = limit.connections();
    LimitQuestion.Connections connections = use.connections();
    Limits.AddressLimit places = limit.addresses();
    LimitQuestion.Addresses addresses = use.addresses();
    Long speed = limit.rate();
    LimitQuestion.Rate rate = use.rate();
    return new LimitAnswer.Share(
        use.secret(),
        most == null || connections == null
            ? null
            : seats.grant(use.secret(), most, node, connections, now),
        places == null || addresses == null
            ? null
            : counted.admit(use.secret(), places, limited.generation, node, addresses, now),
        speed == null || rate == null ? null : rates.grant(use.secret(), speed, node, rate, now));
  }

  @SuppressWarnings("ReferenceEquality") // of 100,000 secrets a comparison takes as long
  private Map<String, Limited> limits() {
    FleetState present = states.get();
    if (present != state) {
      Map<String, Limited> next = new HashMap<>();
      Set<String> byAddress = new HashSet<>();
      for (FleetSecret secret : present.secrets()) {
        Limits own = present.limits(secret);
        if (own.connections() != null || own.addresses() != null || own.rate() != null) {
          next.put(secret.name(), new Limited(own, secret.newest().generation()));
        }
        if (own.addresses() != null) {
          byAddress.add(secret.name());
        }
      }
      state = present;
      limits = next;
      counted.keep(byAddress);
    }
    return limits;
  }

  /** A node was removed: the addresses that it told of may be made up, and those that it tells. */
  public synchronized void forget(String node) {
    gone.add(node);
    counted.forget(node);
  }

  /** Answers no more. */
  public Future<Void> close() {
    return questions.unregister();
  }
}
