package io.doppelfleet.control.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/**
 * Sends answers: those that haven't left yet have so many bytes together, and each so much time,
 * for who reads nothing would have them lie on the heap.
 */
final class Unread {
  /** Who hasn't read an answer after so long reads none. */
  private static final long MOST_MILLIS = 60_000;

  private static final int SHORT = 16 << 10;

  private final Vertx vertx;
  private final Room room;
  private final Function<RoutingContext, String> who;
  private final long millis;

  /** In this room, of which each who asks has a share. */
  Unread(Vertx vertx, Room room, Function<RoutingContext, String> who) {
    this(vertx, room, who, MOST_MILLIS);
  }

  /** The same with another time. */
  Unread(Vertx vertx, Room room, Function<RoutingContext, String> who, long millis) {
    this.vertx = vertx;
    this.room = room;
    this.who = who;
    this.millis = millis;
  }

  void send(RoutingContext context, Answer answer) {
    // What a change is answered with is short, and never refused: it was done.
    boolean costs = !answer.shared() && answer.body().length() > SHORT;
    int bytes = costs ? answer.body().length() : 0;
    String asker = who.apply(context);
    if (!room.take(asker, bytes)) {
      context.fail(Problem.of(503, "too many answers aren't read yet: try again soon"));
      return;
    }
    long timer = vertx.setTimer(millis, late -> Problems.hangUp(context)); // and it ends
    HttpServerResponse response = context.response().setStatusCode(answer.status());
    if (answer.revision() > 0) {
      response.putHeader(HttpHeaders.ETAG, "\"" + answer.revision() + "\"");
    }
    if (answer.cookie() != null) {
      response.putHeader(HttpHeaders.SET_COOKIE, answer.cookie());
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, Api.JSON)
        .end(answer.body())
        .onComplete(
            read -> {
              vertx.cancelTimer(timer);
              room.give(asker, bytes);
            });
  }
}
