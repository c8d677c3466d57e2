package io.doppelfleet.control.node;

import io.doppelfleet.fleet.EvenLength;
import io.doppelfleet.fleet.HelloAnswer;
import io.doppelfleet.fleet.HelloPart;
import io.doppelfleet.fleet.HelloQuestion;
import io.doppelfleet.fleet.HelloTokens;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.SeenHellos;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.hello.KnownTokens;
import io.doppelfleet.fleet.hello.TickClock;
import io.doppelfleet.fleet.hello.TokenTurns;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells all nodes what hellos each of them has met, at each tick of a clock, whether there are any
 * or not. Nodes have turns: one that makes thousands delays its own. In all it takes 8 MB at the
 * most.
 */
public final class Hellos {
  private static final Logger LOG = LoggerFactory.getLogger(Hellos.class);

  /** Twice what clocks may be off by default, and as long again: nodes choose it themselves. */
  private static final int KEPT_SECONDS = 480;

  /** Of either kind. */
  private static final int MOST_WAITING = 1 << 15;

  private final Vertx vertx;
  private final Sender sender;
  private final Others others;
  private final KnownTokens known;
  private final TokenTurns turns = new TokenTurns(MOST_WAITING);
  private final MessageConsumer<Buffer> seen;
  private final MessageConsumer<Buffer> questions;
  private final TickClock clock;
  private final long start = System.nanoTime();
  private final AtomicLong total = new AtomicLong();

  /** Whom else it concerns what nodes of this control have met; for any threads. */
  @FunctionalInterface
  public interface Others {
    /**
     * A node has met one.
     *
     * @param late whether it isn't of just now
     */
    void met(String node, long token, boolean late);
  }

  /**
   * Begins.
   *
   * @param sender of this control's messages
   * @param others are told of what nodes here have met, and of nothing that they told themselves
   * @param random must be unpredictable
   * @param meters where its counters go
   */
  public Hellos(
      Vertx vertx, Sender sender, Others others, RandomGenerator random, MeterRegistry meters) {
    this.vertx = vertx;
    this.sender = sender;
    this.others = others;
    this.known = new KnownTokens(HelloTokens.MOST, KEPT_SECONDS, random);
    this.seen = vertx.eventBus().consumer(SeenHellos.ADDRESS, this::seen);
    this.questions = vertx.eventBus().consumer(HelloQuestion.ADDRESS, this::asked);
    this.clock = TickClock.start(vertx, random, this::tick);
    FunctionCounter.builder("doppelfleet.control.hellos", total, AtomicLong::get)
        .description("Hellos that nodes were told of")
        .register(meters);
    FunctionCounter.builder("doppelfleet.control.hellos.untold", turns, TokenTurns::dropped)
        .description("Hellos that nodes weren't told of, for there were too many at once")
        .register(meters);
  }

  private void seen(Message<Buffer> message) {
    message.reply(null);
    try {
      if (!(MessageJson.read(message.body().getBytes()) instanceof SeenHellos news)) {
        throw new InvalidValueException("message", "is no seen-hellos, which belong here");
      }
      String node = news.stamp().sender();
      news.tokens().stream()
          .filter(token -> !known.has(token))
          .forEach(
              token -> {
                turns.add(node, token);
                others.met(node, token, false);
              });
    } catch (InvalidValueException e) {
      LOG.warn("what a node says of hellos was left: {}", e.getMessage());
    }
  }

  private void tick() {
    HelloTokens news = nextTurn(now());
    KnownHellos told = new KnownHellos(sender.next(), total.addAndGet(news.size()), news);
    vertx.eventBus().publish(KnownHellos.ADDRESS, Buffer.buffer(EvenLength.ofTick(told)));
  }

  private synchronized HelloTokens nextTurn(int now) {
    return HelloTokens.of(
        turns.next(SeenHellos.MOST).stream().filter(token -> known.add(token, now)).toArray());
  }

  /** What isn't among them is known. */
  private synchronized long[] waiting() {
    return turns.waiting();
  }

  private void asked(Message<Buffer> message) {
    vertx
        .executeBlocking(() -> answer(message.body()), false)
        .onSuccess(message::reply)
        .onFailure(
            failure -> {
              LOG.warn("a node's question was left: {}", failure.getMessage());
              message.fail(0, failure.getMessage());
            });
  }

  /** Of what is told meanwhile the node hears by itself. */
  private Buffer answer(Buffer text) {
    if (!(MessageJson.read(text.getBytes()) instanceof HelloQuestion question)) {
      throw new InvalidValueException("message", "is no hello-question, which belongs here");
    }
    String node = question.stamp().sender();
    question.tokens().stream()
        .filter(token -> !known.has(token))
        .forEach(
            token -> {
              turns.addLater(node, token);
              others.met(node, token, true);
            });
    return Buffer.buffer(
        EvenLength.ofPart(
            new HelloAnswer(sender.next(), known.since(now() - KEPT_SECONDS, question.from()))));
  }

  /**
   * Nodes of another control have met these: those here are told. From any thread.
   *
   * @param late whether they aren't of just now
   */
  public void metElsewhere(String control, HelloTokens tokens, boolean late) {
    tokens.stream()
        .filter(token -> !known.has(token))
        .forEach(
            token -> {
              if (late) {
                turns.addLater(control, token);
              } else {
                turns.add(control, token);
              }
            });
  }

  /**
   * Tells others of all of late, as they have missed some, and of those whose turn comes yet last,
   * as a start brings thousands: where there is no room for all, the first are dropped. Takes a
   * while; from any thread.
   */
  public void tellOthersAgain() {
    long[] waiting = waiting(); // first: whose turn comes meanwhile is told twice, not never
    int since = now() - KEPT_SECONDS;
    HelloPart part = known.since(since, 0);
    while (true) {
      part.tokens().stream().forEach(token -> others.met(sender.name(), token, true));
      if (part.next() == HelloPart.END) {
        break;
      }
      part = known.since(since, part.next());
    }
    for (long token : waiting) {
      others.met(sender.name(), token, true);
    }
  }

  private int now() {
    return (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
  }

  /** Says and hears no more. */
  public Future<Void> close() {
    clock.end();
    return Future.join(seen.unregister(), questions.unregister()).mapEmpty();
  }
}
