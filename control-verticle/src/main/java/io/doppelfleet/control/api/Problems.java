package io.doppelfleet.control.api;

import io.doppelfleet.control.store.EndedException;
import io.doppelfleet.control.store.SeenException;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Secret;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is answered where a request isn't done. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  /** RFC 9113, 8.1: it was answered, and the rest of the request is of no use. */
  private static final long NO_ERROR = 0;

  /** The media type of problems. */
  static final String TYPE = "application/problem+json";

  private Problems() {}

  static void answer(RoutingContext context) {
    if (isGone(context.failure())) {
      LOG.debug("a client went away before its request was whole");
      return;
    }
    Problem problem = discreet(problem(context));
    HttpServerResponse response = context.response().setStatusCode(problem.status());
    if (problem.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (problem.after() > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(problem.after()));
    }
    Future<Void> sent =
        response.putHeader(HttpHeaders.CONTENT_TYPE, TYPE).end(problem.json().toBuffer());
    if (problem.status() == 408) { // what comes of its body yet is waited for no more
      sent.onComplete(done -> hangUp(context));
    }
  }

  /**
   * A stream of HTTP/2 ends alone: those beside it are others' requests. A connection ends whether
   * or not what was written there is read: Vert.x's own way waits for that.
   */
  static void hangUp(RoutingContext context) {
    if (context.request().version() == HttpVersion.HTTP_2) {
      context.response().reset(NO_ERROR);
    } else if (context.request().connection() instanceof HttpServerConnection connection) {
      connection.channelHandlerContext().close();
    }
  }

  /** What a client sent is repeated to it, unless a secret stands where something else belongs. */
  private static Problem discreet(Problem problem) {
    return isOfClient(problem.status()) && Secret.isPerhapsIn(problem.json().encode())
        ? Problem.of(problem.status(), "what was asked isn't repeated: a secret may be in it")
        : problem;
  }

  private static boolean isGone(@Nullable Throwable failure) {
    return failure instanceof HttpClosedException || failure instanceof StreamResetException;
  }

  private static Problem problem(RoutingContext context) {
    return switch (context.failure()) {
      case Problem problem -> problem;
      case InvalidValueException e -> invalid(e);
      case SeenException e -> Problem.of(412, "If-Match", String.valueOf(e.getMessage()));
      case EndedException e -> Problem.of(401, String.valueOf(e.getMessage()));
      case StoreException e -> Problem.of(503, told(context, e));
      case HttpException e -> http(context, e.getStatusCode());
      case null -> http(context, context.statusCode());
      // What came was wrong; the cause's words quote it.
      case Throwable e when isOfClient(context.statusCode()) -> http(context, context.statusCode());
      case Throwable e -> {
        LOG.error("a request ended by a fault of ours", e);
        yield Problem.of(500, "a fault of ours, which the log of this process tells of");
      }
    };
  }

  /** What the store is and why it fails is no business of who isn't known. */
  private static String told(RoutingContext context, StoreException failure) {
    if (Api.isKnown(context)) {
      return String.valueOf(failure.getMessage());
    }
    LOG.debug("somebody who isn't known was told of no more than a failure", failure);
    return "the control can't use its store now: try again soon";
  }

  private static boolean isOfClient(int status) {
    return status >= 400 && status < 500;
  }

  private static Problem invalid(InvalidValueException e) {
    return e.path().isEmpty()
        ? Problem.of(400, String.valueOf(e.getMessage()))
        : Problem.of(400, e.path(), e.problem());
  }

  /** Of any length, from anybody. */
  private static String path(RoutingContext context) {
    return Call.cut(context.normalizedPath());
  }

  private static Problem http(RoutingContext context, int status) {
    return switch (status) {
      case 404 -> Problem.of(404, "there is nothing at " + path(context));
      case 405 ->
          Problem.of(405, context.request().method() + " can't be done to " + path(context));
      case 413 -> Problem.of(413, "the body is longer than " + Bodies.longest(context) + " bytes");
      case 415 -> Problem.of(415, "Content-Type", "is not right: " + Api.JSON + " would be right");
      default -> Problem.of(status < 400 ? 500 : status, "the request can't be understood");
    };
  }
}
