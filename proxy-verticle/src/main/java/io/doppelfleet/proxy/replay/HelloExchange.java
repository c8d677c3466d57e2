package io.doppelfleet.proxy.replay;

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
import io.doppelfleet.fleet.Stamp;
import io.doppelfleet.fleet.hello.TickClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a control of this node's hellos, and hears of the others'. It speaks at each tick of its
 * clock, as long as there is a way to a control, and what it says has the same length whether or
 * not somebody has come: who watches can't tell clients from visitors by it. Where something may
 * have been missed, at the start, after an interruption or a gap, both ends tell each other all of
 * late, a part with each question, so that a slow link has room for all else in between. All of it
 * is on one event loop, but for what is long.
 */
public final class HelloExchange {
  private static final Logger LOG = LoggerFactory.getLogger(HelloExchange.class);

  /**
   * The least time from all of late to its next beginning, of which a control takes one a second,
   * and the first wait after a question in vain; each is twice the last.
   */
  private static final long LEAST_WAIT = TimeUnit.MILLISECONDS.toNanos(1_250);

  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

  /** What is told at a tick is on its way at once, or it isn't. */
  private static final long TICK_MILLIS = 5_000;

  /** A part may take long on a slow link, which says so itself when it ends. */
  private static final long PART_MILLIS = 600_000;

  /** After so many questions in vain it is worth a line: a link that is down has its own. */
  private static final int IN_VAIN = 3;

  private static final long NOBODY = -1;

  private final Vertx vertx;
  private final Sender sender;
  private final FleetHellos hellos;
  private final RandomGenerator random;
  private final Context context;
  private final Promise<Void> complete = Promise.promise();
  private @Nullable MessageConsumer<Buffer> known;
  private @Nullable TickClock clock;

  /** The epoch of this node's messages, of which each link has its own. */
  private long link = NOBODY;

  /** That of the control's, and the total of its last one. */
  private long control = NOBODY;

  private long total;

  /** Whether the last tick was on its way: there is a link. */
  private boolean linked;

  /** Whether all of late is to be told and asked for, from the beginning. */
  private boolean missed = true;

  /** The next parts, own and others'; both at the end: there is nothing to ask for. */
  private int own = HelloPart.END;

  private int others = HelloPart.END;
  private boolean asking;
  private int inVain;
  private long wait = LEAST_WAIT;

  /** When all of late was begun with. */
  private long begun;

  /** No question before this time. */
  private long due = System.nanoTime();

  /**
   * What is asked.
   *
   * @param next the own part after the one in it
   */
  private record Question(Buffer text, int next) {}

  private HelloExchange(Vertx vertx, Sender sender, FleetHellos hellos, RandomGenerator random) {
    this.vertx = vertx;
    this.sender = sender;
    this.hellos = hellos;
    this.random = random;
    this.context = vertx.getOrCreateContext();
  }

  /**
   * Begins, and never gives up.
   *
   * @param sender of this node's messages
   * @param random of the clock's pauses
   */
  public static HelloExchange start(
      Vertx vertx, Sender sender, FleetHellos hellos, RandomGenerator random) {
    HelloExchange exchange = new HelloExchange(vertx, sender, hellos, random);
    exchange.context.runOnContext(go -> exchange.begin());
    return exchange;
  }

  /** What it tells of, and what it has heard. */
  public FleetHellos hellos() {
    return hellos;
  }

  /** Done when all that the fleet has met of late was heard for the first time. */
  public Future<Void> complete() {
    return complete.future();
  }

  private void begin() {
    known = vertx.eventBus().consumer(KnownHellos.ADDRESS, this::heard);
    clock = TickClock.start(vertx, random, this::tick);
    tick();
  }

  private void tick() {
    Stamp stamp = sender.next();
    if (stamp.epoch() != link) { // what was on its way by another link may have been lost
      link = stamp.epoch();
      control = NOBODY; // what is heard from now on is the rest of the answer
      missed = true;
      wait = LEAST_WAIT;
      due = System.nanoTime();
    }
    HelloTokens next = linked ? hellos.next(SeenHellos.MOST) : HelloTokens.NONE;
    byte[] text = EvenLength.ofTick(new SeenHellos(stamp, next));
    say(SeenHellos.ADDRESS, Buffer.buffer(text), TICK_MILLIS)
        .onSuccess(said -> linked())
        .onFailure(this::interrupted);
  }

  private Future<Message<Buffer>> say(String address, Buffer text, long millis) {
    return vertx.eventBus().request(address, text, new DeliveryOptions().setSendTimeout(millis));
  }

  /** Own hellos follow, whatever becomes of the question. */
  private void linked() {
    linked = true;
    if (asking || System.nanoTime() - due < 0) {
      return;
    }
    if (missed) {
      missed = false;
      own = 0;
      others = 0;
      begun = System.nanoTime();
    }
    if (own != HelloPart.END || others != HelloPart.END) {
      ask();
    }
  }

  /** What was told before is told again when there is a way, and what comes meanwhile waits. */
  private void interrupted(Throwable failure) {
    if (linked) {
      LOG.debug("hellos wait: {}", failure.getMessage());
      linked = false;
      missed = true;
    }
  }

  private void heard(Message<Buffer> message) {
    try {
      if (MessageJson.read(message.body().getBytes()) instanceof KnownHellos news) {
        hellos.heard(news.tokens());
        long before = news.total() - news.tokens().size();
        long epoch = news.stamp().epoch();
        missed |= control != NOBODY && (control != epoch || total != before);
        control = epoch;
        total = news.total();
      }
    } catch (InvalidValueException e) {
      LOG.warn("what a control knows of hellos was left: {}", e.getMessage());
    }
  }

  private void ask() {
    asking = true;
    int tell = own;
    int hear = others;
    vertx
        .executeBlocking(() -> question(tell, hear), false)
        .compose(question -> exchange(Objects.requireNonNull(question), hear))
        .onComplete(done -> asked(done.cause()));
  }

  private Question question(int tell, int hear) {
    HelloPart part = hellos.told(tell);
    byte[] text = EvenLength.ofPart(new HelloQuestion(sender.next(), hear, part.tokens()));
    return new Question(Buffer.buffer(text), part.next());
  }

  private Future<@Nullable Integer> exchange(Question question, int hear) {
    return say(HelloQuestion.ADDRESS, question.text, PART_MILLIS)
        .compose(answer -> vertx.executeBlocking(() -> take(answer, hear), false))
        .onSuccess(
            next -> {
              own = question.next;
              others = Objects.requireNonNull(next);
              wait = LEAST_WAIT;
            });
  }

  /** Where the next part begins. */
  private int take(Message<Buffer> answer, int hear) {
    if (!(MessageJson.read(answer.body().getBytes()) instanceof HelloAnswer heard)) {
      throw new InvalidValueException("message", "is no hello-answer: it was asked for");
    }
    HelloPart part = heard.part();
    if (part.next() <= hear && part.next() != HelloPart.END) {
      throw new InvalidValueException(
          "next", "is " + part.next() + " after " + hear + ": a greater one would be right");
    }
    hellos.heard(part.tokens());
    return part.next();
  }

  private void asked(@Nullable Throwable failure) {
    asking = false;
    if (failure != null) {
      due = System.nanoTime() + wait;
      wait = Math.min(2 * wait, LONGEST_WAIT);
      inVain(failure);
    } else if (own != HelloPart.END || others != HelloPart.END) {
      ask();
    } else {
      long now = System.nanoTime(); // as long again: a slow link is free for half of the time
      due = now + Math.max(LEAST_WAIT, now - begun);
      complete.tryComplete();
      if (inVain >= IN_VAIN) {
        LOG.info("what hellos other nodes have met is known again");
      }
      inVain = 0;
    }
  }

  /** Told once, and once that it is over. */
  private void inVain(Throwable failure) {
    if (++inVain == IN_VAIN) {
      LOG.warn(
          "what hellos other nodes have met of late isn't known here, nor all of this node's there,"
              + " until a control answers: {}",
          failure.getMessage());
    }
  }

  /** Says and hears no more. */
  public Future<Void> end() {
    Promise<Void> ended = Promise.promise();
    context.runOnContext(
        go -> {
          TickClock ticking = clock;
          if (ticking != null) {
            ticking.end();
          }
          MessageConsumer<Buffer> listening = known;
          (listening == null ? Future.<Void>succeededFuture() : listening.unregister())
              .onComplete(silent -> ended.complete());
        });
    return ended.future();
  }
}
