package io.doppelfleet.control.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads bodies: of so many bytes, each and together, and in so much time, for of who sends a byte
 * now and then the last one could come days after the first.
 */
final class Bodies {
  /** In which 4 MiB come at a bit more than 1 Mbit/s. */
  private static final long MOST_MILLIS = 30_000;

  private static final String LONGEST = Bodies.class.getName() + ".longest";
  private static final String HOLD = Bodies.class.getName() + ".hold";
  private static final String TIMER = Bodies.class.getName() + ".timer";

  private final Vertx vertx;
  private final long longest;
  private final Room room;
  private final Function<RoutingContext, String> who;
  private final long millis;
  private final BodyHandler reader;

  /** Of so many bytes at most, and of what there is room for, for each who asks. */
  Bodies(Vertx vertx, long longest, Room room, Function<RoutingContext, String> who) {
    this(vertx, longest, room, who, MOST_MILLIS);
  }

  /** The same with another time. */
  Bodies(Vertx vertx, long longest, Room room, Function<RoutingContext, String> who, long millis) {
    this.vertx = vertx;
    this.longest = longest;
    this.room = room;
    this.who = who;
    this.millis = millis;
    this.reader = BodyHandler.create(false).setBodyLimit(longest);
  }

  /** What is added to the route after this has a body that is whole. */
  void addTo(Route route) {
    route.handler(this::begin).handler(this::end);
  }

  private void begin(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (response.closed() || response.ended()) {
      return; // while it was looked up who asks: no handler is called any more
    }
    context.put(LONGEST, longest);
    long bytes = bytes(context.request());
    String who = this.who.apply(context);
    if (!room.take(who, bytes)) {
      context.fail(Problem.of(503, "other requests take all room for bodies: try again soon"));
      return;
    }
    Hold hold = new Hold(() -> room.give(who, bytes));
    context.put(HOLD, hold);
    context.addEndHandler(ended -> hold.end());
    long timer = vertx.setTimer(millis, late -> late(context));
    context.put(TIMER, timer);
    context.addEndHandler(ended -> vertx.cancelTimer(timer));
    reader.handle(context);
  }

  /** The room of a body, which several may need: the last one gives it back. */
  private static final class Hold {
    private final AtomicInteger holders = new AtomicInteger(1);
    private final Runnable back;

    Hold(Runnable back) {
      this.back = back;
    }

    void begin() {
      holders.incrementAndGet();
    }

    void end() {
      if (holders.decrementAndGet() == 0) {
        back.run();
      }
    }
  }

  /**
   * From now until this is done the body is needed, whether or not who sent it stays: what is made
   * of it is in memory too.
   */
  static <T> Future<T> held(RoutingContext context, Supplier<Future<T>> work) {
    Hold hold = context.get(HOLD);
    if (hold == null) { // it has none
      return work.get();
    }
    hold.begin();
    return work.get().onComplete(done -> hold.end());
  }

  /** What it may come to: what it says, or the most. */
  private long bytes(HttpServerRequest request) {
    String said = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return said != null && said.matches("[0-9]{1,9}")
        ? Math.min(Long.parseLong(said), longest)
        : longest;
  }

  private void late(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (!response.ended() && !response.closed()) {
      context.fail(Problem.of(408, "the body was not whole after " + millis / 1000 + " s"));
    }
  }

  private void end(RoutingContext context) {
    Long timer = context.get(TIMER);
    vertx.cancelTimer(Objects.requireNonNull(timer));
    context.next();
  }

  /** Bytes of the body that was too long. */
  static long longest(RoutingContext context) {
    Long longest = context.get(LONGEST);
    return Objects.requireNonNull(longest); // no body is read before it is said
  }
}
