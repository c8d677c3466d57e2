package io.doppelfleet.control.api;

import io.doppelfleet.control.store.StoreException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the fleet is, told to open pages when it changes, as server-sent events. Each event has all
 * of it, so who reads slowly misses some and is told the newest, and who comes back needs nothing
 * from before. All of it is on one event loop; the store is asked once for all who listen.
 */
final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int MOST_STREAMS = 200;
  private static final int MOST_OF_ONE_AUTHOR = 16;
  private static final long TICK_MILLIS = 1_000;

  /** Ticks between two looks at whether who listens may; they are told then that we are there. */
  private static final int LOOK_TICKS = 5;

  /** Ticks for which somebody is believed where it can't be looked up: the store may be away. */
  private static final int MOST_UNKNOWN_TICKS = 60;

  /** Ticks in which an event has to be read. */
  private static final int MOST_UNREAD_TICKS = 60;

  private final Vertx vertx;
  private final WorkerExecutor worker;
  private final Callers callers;
  private final Source source;
  private final long tickMillis;
  private final Set<Stream> streams = new HashSet<>();
  private long timer = -1;
  private long tick;
  private boolean asking;
  private boolean looking;
  private String newest = "";

  Events(Vertx vertx, WorkerExecutor worker, Callers callers, Source source) {
    this(vertx, worker, callers, source, TICK_MILLIS);
  }

  /** With another time between two ticks. */
  Events(Vertx vertx, WorkerExecutor worker, Callers callers, Source source, long tickMillis) {
    this.vertx = vertx;
    this.worker = worker;
    this.callers = callers;
    this.source = source;
    this.tickMillis = tickMillis;
  }

  /** What is told, on a worker thread. */
  interface Source {
    Answer now() throws StoreException;
  }

  private static final class Stream {
    final RoutingContext context;
    final String author;

    /** What was told last. */
    String told = "";

    /** Something is on its way: who doesn't read has one event in memory, and no more. */
    boolean writing;

    /** The tick in which that began. */
    long begun;

    /** The tick in which it was last looked whether who listens may, and that in which they did. */
    long looked;

    long allowed;

    Stream(RoutingContext context, String author, long tick) {
      this.context = context;
      this.author = author;
      this.looked = tick;
      this.allowed = tick;
    }
  }

  /** Begins one, for somebody who may. */
  void open(RoutingContext context) {
    if (streams.size() >= MOST_STREAMS) {
      context.fail(Problem.of(503, "too many pages are open: close one"));
      return;
    }
    String author = Api.caller(context).author();
    if (streams.stream().filter(other -> other.author.equals(author)).count()
        >= MOST_OF_ONE_AUTHOR) {
      context.fail(Problem.of(429, author + " has too many pages open: close one"));
      return;
    }
    Stream stream = new Stream(context, author, tick);
    HttpServerResponse response = context.response().setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    response.closeHandler(closed -> remove(stream));
    response.endHandler(ended -> remove(stream));
    if (isGone(response)) {
      return; // while it was looked up who asks: no handler is called any more
    }
    streams.add(stream);
    write(stream, "retry: 2000\n\n");
    if (timer < 0) {
      timer = vertx.setPeriodic(tickMillis, each -> tick());
    }
    tell(stream);
    ask();
  }

  private void remove(Stream stream) {
    streams.remove(stream);
    if (streams.isEmpty() && timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
      newest = "";
    }
  }

  private void tick() {
    ask();
    tick++;
    streams.stream()
        .filter(
            stream ->
                tick - stream.allowed > MOST_UNKNOWN_TICKS
                    || (stream.writing && tick - stream.begun > MOST_UNREAD_TICKS))
        .toList()
        .forEach(this::end);
    if (!looking) { // or the store is slow
      looking = true;
      look(
          streams.stream()
              .filter(stream -> tick - stream.looked >= LOOK_TICKS)
              .toList()
              .iterator());
    }
  }

  private void ask() {
    if (asking) {
      return; // the store is slow
    }
    asking = true;
    worker
        .executeBlocking(() -> source.now().body().toString(), false)
        .onComplete(
            answer -> {
              asking = false;
              if (answer.succeeded()) {
                newest = answer.result();
                List.copyOf(streams).forEach(this::tell);
              } else {
                LOG.debug("open pages are told nothing: {}", answer.cause().getMessage());
              }
            });
  }

  private static boolean isGone(HttpServerResponse response) {
    return response.closed() || response.ended();
  }

  private void tell(Stream stream) {
    HttpServerResponse response = stream.context.response();
    if (isGone(response)) {
      remove(stream);
    } else if (!stream.told.equals(newest) && !stream.writing) {
      stream.told = newest;
      write(stream, "event: status\ndata: " + newest + "\n\n");
    }
  }

  /** And then what is newest by then. */
  private void write(Stream stream, String text) {
    stream.writing = true;
    stream.begun = tick;
    stream
        .context
        .response()
        .write(text)
        .onSuccess(
            written -> {
              stream.writing = false;
              tell(stream);
            });
  }

  private void end(Stream stream) {
    HttpServerResponse response = stream.context.response();
    remove(stream);
    if (isGone(response)) {
      return;
    }
    if (stream.writing) { // an end would wait behind what nobody reads
      Problems.hangUp(stream.context);
    } else {
      response.end();
    }
  }

  /** One after another, for others are looked up too. */
  private void look(Iterator<Stream> rest) {
    if (!rest.hasNext()) {
      looking = false;
      return;
    }
    Stream stream = rest.next();
    stream.looked = tick;
    // One that can't even be asked for is as one that fails.
    Future.future((Promise<Caller> known) -> callers.of(stream.context).onComplete(known))
        .onComplete(
            caller -> {
              looked(stream, caller);
              look(rest);
            });
  }

  /** A session may have ended, or a token been revoked; what isn't known now is looked up again. */
  private void looked(Stream stream, AsyncResult<Caller> caller) {
    HttpServerResponse response = stream.context.response();
    if (isGone(response)) {
      remove(stream);
    } else if (caller.succeeded() ? caller.result().role() == null : isRefusal(caller.cause())) {
      end(stream);
    } else {
      if (caller.succeeded()) {
        stream.allowed = tick;
      }
      if (!stream.writing) {
        write(stream, ": here\n\n");
      }
    }
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof Problem problem
        && (problem.status() == 401 || problem.status() == 403);
  }
}
