package io.doppelfleet.control.link;

import io.doppelfleet.fleet.StateRequest;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.Set;

/** What a node asks over its link, and a control answers on the bus: of each kind one at a time. */
final class Questions {
  private static final Buffer NONE = Buffer.buffer();

  private final Vertx vertx;
  private final Turns<Session> wholeStates;
  private final Session session;
  private final Outbox outbox;
  private final Set<String> answering = new HashSet<>();

  Questions(Vertx vertx, Turns<Session> wholeStates, Session session, Outbox outbox) {
    this.vertx = vertx;
    this.wholeStates = wholeStates;
    this.session = session;
    this.outbox = outbox;
  }

  /** One more of a kind that is being answered is declined. */
  void ask(String address, int question, Buffer text) {
    if (!answering.add(address)) {
      decline(question);
    } else if (address.equals(StateRequest.ADDRESS)) {
      wholeStates.take(session, () -> answer(address, question, text));
    } else {
      answer(address, question, text);
    }
  }

  /** With an empty answer, of which few may wait. */
  void decline(int question) {
    outbox.tick(Frames.ofAnswer(question, NONE));
  }

  /**
   * Also to who reads slowly: it waits for it, and asks for nothing else of this kind meanwhile.
   */
  private void answer(String address, int question, Buffer text) {
    vertx
        .eventBus()
        .<Buffer>request(address, text)
        .onComplete(
            answered -> {
              if (session.isOpen()) {
                Buffer answer = answered.succeeded() ? answered.result().body() : NONE;
                outbox.say(Frames.ofAnswer(question, answer), () -> said(address));
              }
            });
  }

  private void said(String address) {
    answering.remove(address);
    if (address.equals(StateRequest.ADDRESS)) {
      wholeStates.end(session);
    }
  }
}
