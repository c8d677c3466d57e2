package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of the API. All are done on worker threads, JSON included, for the event loop that
 * serves them may carry clients too. Errors are RFC 9457 problems; each answer that is of a state
 * has its revision as ETag, and a write with If-Match is done on that revision or not at all.
 */
public final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String ROOT = "/api/v1";
  private static final String JSON = "application/json";

  /** Twenty thousand secrets to be imported, of 200 bytes each with their names. */
  private static final long LONGEST_BODY = 4 << 20;

  private final Router router;
  private final WorkerExecutor worker;
  private final Function<RoutingContext, Caller> callers;

  private Api(Vertx vertx, WorkerExecutor worker, Function<RoutingContext, Caller> callers) {
    this.router = Router.router(vertx);
    this.worker = worker;
    this.callers = callers;
  }

  /** What is done for a request, on a worker thread. */
  interface Operation {
    Answer of(Call call) throws Problem, StoreException;
  }

  /**
   * Makes the routes.
   *
   * @param worker may be blocked by the store
   * @param callers says who asks
   * @param random must be unpredictable
   */
  public static Router router(
      Vertx vertx,
      WorkerExecutor worker,
      Fleet fleet,
      Clock clock,
      RandomGenerator random,
      Function<RoutingContext, Caller> callers) {
    Api api = new Api(vertx, worker, callers);
    api.router.route().handler(Api::refuseTheUnreadable);
    api.router
        .route()
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY))
        .failureHandler(Api::failed);
    Store store = fleet.store();
    Nodes nodes = fleet.nodes();
    Changes changes = new Changes(store, fleet.feed());
    NodeViews views = new NodeViews(fleet);
    new StatusRoutes(store, nodes, views).addTo(api);
    new NodeRoutes(fleet, views, clock, random).addTo(api);
    new SecretRoutes(store, changes, nodes, clock, random).addTo(api);
    new TrafficRoutes(store, nodes).addTo(api);
    new BanRoutes(store, changes, clock).addTo(api);
    new RevisionRoutes(store, changes).addTo(api);
    for (int status : new int[] {400, 404, 405, 413, 415}) {
      api.router.errorHandler(status, Api::failed);
    }
    return api.router;
  }

  /**
   * Before the body is read: one that is a form would be taken apart, and quoted in errors. A path
   * that can't be decoded would be a fault of ours to the routes.
   */
  private static void refuseTheUnreadable(RoutingContext context) {
    String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (!isDecodable(context.request().path())) {
      context.fail(400);
    } else if (type == null || type.split(";", 2)[0].strip().equalsIgnoreCase(JSON)) {
      context.next();
    } else {
      context.fail(415);
    }
  }

  private static boolean isDecodable(@Nullable String path) {
    try {
      return path != null && !URLDecoder.decode(path, StandardCharsets.UTF_8).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Adds one. */
  void add(HttpMethod method, String path, Operation operation) {
    router
        .route(method, ROOT + path)
        .handler(
            context ->
                worker
                    .executeBlocking(
                        () -> operation.of(new Call(context, callers.apply(context))), false)
                    .onSuccess(answer -> send(context, answer))
                    .onFailure(context::fail));
  }

  private static void send(RoutingContext context, Answer answer) {
    HttpServerResponse response = head(context).setStatusCode(answer.status());
    if (answer.revision() > 0) {
      response.putHeader(HttpHeaders.ETAG, "\"" + answer.revision() + "\"");
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(answer.body());
  }

  private static HttpServerResponse head(RoutingContext context) {
    return context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  private static void failed(RoutingContext context) {
    if (isGone(context.failure())) {
      LOG.debug("a client went away before its request was whole");
      return;
    }
    Problem problem = discreet(problem(context));
    head(context)
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(problem.json().toBuffer());
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
      case StoreException e -> Problem.of(503, String.valueOf(e.getMessage()));
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

  private static boolean isOfClient(int status) {
    return status >= 400 && status < 500;
  }

  private static Problem invalid(InvalidValueException e) {
    return e.path().isEmpty()
        ? Problem.of(400, String.valueOf(e.getMessage()))
        : Problem.of(400, e.path(), e.problem());
  }

  private static Problem http(RoutingContext context, int status) {
    return switch (status) {
      case 404 -> Problem.of(404, "there is nothing at " + context.normalizedPath());
      case 405 ->
          Problem.of(
              405, context.request().method() + " can't be done to " + context.normalizedPath());
      case 413 -> Problem.of(413, "the body is longer than " + LONGEST_BODY + " bytes");
      case 415 -> Problem.of(415, "Content-Type", "is not right: " + JSON + " would be right");
      default -> Problem.of(status < 400 ? 500 : status, "the request can't be understood");
    };
  }
}
