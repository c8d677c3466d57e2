package io.doppelfleet.control.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OtherControl;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeLeases;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.SeenHellos;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of other controls' letters. They are taken on one thread, which isn't blocked. */
final class Incoming {
  private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);

  /** All hellos of late are some thousands: not more often than this. */
  private static final long AGAIN_MILLIS = 10_000;

  /** After so long what was met before is among them. */
  private static final long SETTLED_MILLIS = 1_000;

  /** So long what is asked may take here: who asks hears in time that it failed. */
  private static final long ANSWER_MILLIS = NodesHere.ANSWER_MILLIS - 1_000;

  private final Vertx vertx;
  private final Context context;
  private final String self;
  private final Nodes nodes;
  private final Leases leases;
  private final LimitShares limits;
  private final Hellos hellos;
  private final NodesHere here;
  private final Asked asked;
  private final Consumer<Letter.Answer> answers;
  private final AtomicBoolean againDue = new AtomicBoolean();
  private volatile long toldAgain = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS);

  /**
   * With all that they concern.
   *
   * @param self the id of this control
   * @param answers are sent to who asked
   */
  Incoming(
      Vertx vertx,
      String self,
      Nodes nodes,
      Leases leases,
      LimitShares limits,
      Hellos hellos,
      NodesHere here,
      Asked asked,
      Consumer<Letter.Answer> answers) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.self = self;
    this.nodes = nodes;
    this.leases = leases;
    this.limits = limits;
    this.hellos = hellos;
    this.here = here;
    this.asked = asked;
    this.answers = answers;
  }

  void take(OtherControl control, Letter letter) {
    letter.messages().forEach(message -> take(control, message));
    for (FleetMessage message : letter.late()) {
      if (message instanceof SeenHellos seen) {
        hellos.metElsewhere(control.id(), seen.tokens(), true);
      }
    }
    for (String node : letter.removed()) {
      nodes.forget(node);
      leases.forget(node);
      limits.forget(node);
    }
    for (Letter.Question question : letter.questions()) {
      if (question.to().equals(self)) {
        answer(control, question.id(), asked(question));
      } else if (question.node().equals(Letter.Question.CONTROL)) {
        note(question);
      }
    }
    letter.answers().stream().filter(answer -> answer.to().equals(self)).forEach(asked::answered);
    letter.drains().stream()
        .filter(drain -> drain.to().equals(self))
        .forEach(
            drain ->
                answer(
                    control,
                    drain.id(),
                    here.drain(drain.node(), drain.seconds()).map(Buffer.buffer())));
    if (letter.missed()) {
      tellAgain();
    }
  }

  private void take(OtherControl control, FleetMessage message) {
    switch (message) {
      case NodeReport report -> nodes.heard(report, control);
      case NodeHealth health -> nodes.heard(health);
      case NodeLeases told -> leases.toldElsewhere(told);
      case FleetLeases told -> leases.liftedElsewhere(told.lifted());
      case SeenHellos seen -> hellos.metElsewhere(control.id(), seen.tokens(), false);
      default -> {} // a later version's
    }
  }

  private Future<Buffer> asked(Letter.Question question) {
    Buffer text = Buffer.buffer(question.text());
    return question.node().equals(Letter.Question.CONTROL)
        ? limits.answer(text)
        : here.ask(question.node(), text);
  }

  private void note(Letter.Question question) {
    try {
      limits.note(Buffer.buffer(question.text()));
    } catch (InvalidValueException e) {
      LOG.debug("what a node of another control holds was left: {}", e.getMessage());
    }
  }

  private void answer(OtherControl control, long id, Future<Buffer> answer) {
    answer
        .timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            text ->
                answers.accept(
                    new Letter.Answer(
                        control.id(),
                        id,
                        text.succeeded() ? text.result().toString(UTF_8) : null)));
  }

  /** Somebody has missed some, or has only come: all hellos of late are told again, once. */
  void tellAgain() {
    if (againDue.getAndSet(true)) {
      return;
    }
    long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - toldAgain);
    context.runOnContext(
        go ->
            vertx.setTimer(
                Math.max(SETTLED_MILLIS, AGAIN_MILLIS - since), waited -> tellAgainNow()));
  }

  private void tellAgainNow() {
    againDue.set(false);
    toldAgain = System.nanoTime();
    vertx.executeBlocking(
        () -> {
          hellos.tellOthersAgain();
          return null;
        },
        false);
  }
}
