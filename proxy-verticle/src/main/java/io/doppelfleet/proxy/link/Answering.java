package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.BanQuestion;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/** What a control asks over a link, and this node answers on its bus. For the link's event loop. */
final class Answering {
  /** Questions at once; one more is declined. A control asks fewer. */
  private static final int MOST = 8;

  private static final Buffer NONE = Buffer.buffer();

  private final Vertx vertx;
  private final Outbox outbox;
  private int answering;

  Answering(Vertx vertx, Outbox outbox) {
    this.vertx = vertx;
    this.outbox = outbox;
  }

  /** An empty answer says that there is none. */
  void asked(int question, Buffer text) {
    if (answering == MOST) {
      outbox.tick(Frames.ofAnswer(question, NONE));
      return;
    }
    answering++;
    vertx
        .eventBus()
        .<Buffer>request(BanQuestion.ADDRESS, text)
        .onComplete(
            answered -> {
              Buffer answer = answered.succeeded() ? answered.result().body() : NONE;
              outbox.say(Frames.ofAnswer(question, answer), () -> answering--);
            });
  }
}
