package io.doppelfleet.control.link;

import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Outbox;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/** What a node is asked over its link. For the link's event loop. */
final class Asked {
  /** Questions that a node may owe an answer at once, those too for which nobody waits any more. */
  private static final int MOST = 8;

  private final Outbox outbox;
  private final HelloBounds bounds;
  private final Map<Integer, Promise<Buffer>> byNumber = new HashMap<>();
  private int questions;

  /** On a link whose version the bounds know. */
  Asked(Outbox outbox, HelloBounds bounds) {
    this.outbox = outbox;
    this.bounds = bounds;
  }

  /** The answer; fails where there is none. */
  Future<Buffer> ask(Buffer text) {
    if (bounds.version() < LinkMessage.ASKED_NODES) {
      return Future.failedFuture("the node is of a version that answers nothing");
    }
    if (byNumber.size() == MOST || !outbox.isFree()) {
      return Future.failedFuture("the node owes answers to what it was asked before");
    }
    Promise<Buffer> answer = Promise.promise();
    byNumber.put(++questions, answer);
    outbox.say(Frames.ofQuestion(questions, text));
    return answer.future();
  }

  /** Whether that was asked. */
  boolean answered(int question, Buffer text) {
    Promise<Buffer> answer = byNumber.remove(question);
    if (answer == null) {
      return false;
    }
    if (text.length() == 0) {
      answer.fail("the node can't answer now");
    } else {
      answer.complete(text);
    }
    return true;
  }

  /** No answer comes any more. */
  void end() {
    byNumber.values().forEach(answer -> answer.fail("the link has ended"));
    byNumber.clear();
  }
}
