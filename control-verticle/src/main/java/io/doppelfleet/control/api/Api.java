package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Network;
import io.doppelfleet.control.access.SignIn;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Maker;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Sender;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The routes of the API. All are done on worker threads, JSON included, for the event loop that
 * serves them may carry clients too. Errors are RFC 9457 problems; each answer that is of a state
 * has its revision as ETag, and a write with If-Match is done on that revision or not at all.
 */
public final class Api {
  static final String JSON = "application/json";
  private static final String ROOT = "/api/v1";
  private static final String CALLER = Caller.class.getName();

  /** Twenty thousand secrets to be imported, of 200 bytes each with their names. */
  private static final long LONGEST_IMPORT = 4 << 20;

  private static final long LONGEST_BODY = 64 << 10;

  /** Of somebody who may only sign in. */
  private static final long LONGEST_OF_NOBODY = 4 << 10;

  /** In which a packet is sent anew three times. */
  private static final long MILLIS_OF_NOBODY = 10_000;

  /** For all that is answered. Nothing but our own files runs in a browser that shows it. */
  private static final Map<String, String> HEAD =
      Map.of(
          "Cache-Control", "no-store",
          "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                  + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY");

  private final Vertx vertx;
  private final Router router;
  private final WorkerExecutor worker;
  private final Callers callers;

  /** For calls that are open to everybody. */
  private final Looks open;

  private final Contract contract;
  private final Once once;
  private final @Nullable Site site;
  private final Set<String> added = new HashSet<>();

  /**
   * For bodies under way: who sends many at once fills no heap, on which clients are carried too.
   */
  private final Room ofNobody = new Room(4 << 20, 64 << 10);

  private final Room ofKnown = new Room(8 << 20, 2 << 20);

  /** One of the longest, for what is made of it takes ten times that. */
  private final Room imports = new Room(LONGEST_IMPORT, LONGEST_IMPORT);

  private final Unread unread;

  private Api(
      Vertx vertx,
      WorkerExecutor worker,
      Callers callers,
      Contract contract,
      Once once,
      @Nullable Site site) {
    this.vertx = vertx;
    this.router = Router.router(vertx);
    this.worker = worker;
    this.callers = callers;
    this.open = new Looks(worker);
    this.unread = new Unread(vertx, new Room(32 << 20, 8 << 20), Api::who);
    this.contract = contract;
    this.once = once;
    this.site = site;
  }

  /** What is done for a request, on a worker thread. */
  interface Operation {
    Answer of(Call call) throws Problem, StoreException;
  }

  /** What nodes are asked for a request, on a worker thread, and how it is answered, on another. */
  interface Question {
    Future<Callable<Answer>> of(Call call) throws Problem, StoreException;
  }

  /**
   * Makes the routes.
   *
   * @param worker may be blocked by the store
   * @param callers says who asks
   * @param random must be unpredictable
   * @param site what browsers are served; null: none comes there
   */
  public static Router router(
      Vertx vertx,
      WorkerExecutor worker,
      Contract contract,
      Fleet fleet,
      SignIn signIn,
      Clock clock,
      RandomGenerator random,
      Callers callers,
      @Nullable Site site) {
    Store store = fleet.store();
    Api api = new Api(vertx, worker, callers, contract, new Once(store.repeats()), site);
    api.router.route().handler(api::begin).failureHandler(Problems::answer);
    if (site != null) {
      site.pages().addTo(api.router);
    }
    Nodes nodes = fleet.nodes();
    Changes changes = new Changes(store, fleet.feed());
    NodeViews views = new NodeViews(fleet);
    StatusRoutes fleetStatus = new StatusRoutes(store, nodes, views);
    fleetStatus.addTo(api);
    api.addStream("getEvents", new Events(vertx, worker, callers, fleetStatus::now)::open);
    OwnPassword ownPassword = new OwnPassword(signIn);
    new NodeRoutes(fleet, views, ownPassword, clock, random).addTo(api);
    new SecretRoutes(store, changes, nodes, clock, random).addTo(api);
    new TrafficRoutes(store, nodes).addTo(api);
    new UsageRoutes(store).addTo(api);
    Sender asking = new Sender("control", clock.instant());
    new ListRoutes(fleet.store(), changes).addTo(api);
    new SettingsRoutes(fleet.store(), changes).addTo(api);
    new BanRoutes(fleet, changes, clock, new BanSimulation(fleet, asking)).addTo(api);
    new RevisionRoutes(store, changes, nodes).addTo(api);
    new SessionRoutes(signIn, store.access().accounts()).addTo(api);
    new AccountRoutes(store, ownPassword, fleet.dashboard(), clock, random).addTo(api);
    new TotpRoutes(signIn, store.access().factors()).addTo(api);
    new TokenRoutes(store, ownPassword, clock, random).addTo(api);
    new AuditRoutes(store.audit()).addTo(api);
    new FleetKeyRoutes(store).addTo(api);
    api.add("getDescription", call -> Answer.encoded(contract.encoded()));
    if (!api.added.equals(contract.calls().keySet())) {
      throw new IllegalStateException("calls are described that nothing is done for");
    }
    api.refuseOthers();
    for (int status : new int[] {400, 404, 405, 413, 415}) {
      api.router.errorHandler(status, Problems::answer);
    }
    return api.router;
  }

  /** Who makes a call that a path doesn't have is told those that it has: RFC 9110, 15.5.6. */
  private void refuseOthers() {
    // What is fixed stands before what may be anything there.
    Map<String, Set<String>> methods = new TreeMap<>(Comparator.reverseOrder());
    for (Described call : contract.calls().values()) {
      methods.computeIfAbsent(call.path(), path -> new TreeSet<>()).add(call.method().name());
    }
    methods.forEach(
        (path, all) ->
            router
                .route(ROOT + path)
                .handler(
                    context -> {
                      context.response().putHeader(HttpHeaders.ALLOW, String.join(", ", all));
                      context.fail(405);
                    }));
  }

  /**
   * Before the body is read: one that is a form would be taken apart, and quoted in errors. A path
   * that can't be decoded would be a fault of ours to the routes.
   */
  private void begin(RoutingContext context) {
    context.response().headers().addAll(HEAD);
    String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    Problem refusal = site == null ? null : site.refusal(context.request());
    if (refusal != null) {
      context.fail(refusal);
    } else if (!isDecodable(context.request().path())) {
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

  /** Nothing of a body is read before it is known who sends it, and that they may. */
  private void identify(RoutingContext context, Described described) {
    context.request().pause();
    permitted(context, described)
        .onSuccess(caller -> context.next()) // somebody listens for the body then
        .onFailure(context::fail)
        .onComplete(known -> context.request().resume());
  }

  /** A session or a token may have ended while the body came. */
  private void identifyAgain(RoutingContext context, Described described) {
    permitted(context, described).onSuccess(caller -> context.next()).onFailure(context::fail);
  }

  private Future<Caller> permitted(RoutingContext context, Described described) {
    return callers
        .of(context)
        .compose(
            caller -> {
              context.put(CALLER, caller);
              Problem refusal = refusal(caller, described);
              return refusal == null
                  ? Future.succeededFuture(caller)
                  : Future.failedFuture(refusal);
            });
  }

  static Caller caller(RoutingContext context) {
    Caller caller = context.get(CALLER);
    return Objects.requireNonNull(caller); // who is asked first of all
  }

  /** Who shares what one may take: a person, a program, or a network of which nobody is known. */
  private static String who(RoutingContext context) {
    Caller caller = caller(context);
    return caller.role() == null ? Network.ofStranger(caller.origin()) : caller.identity();
  }

  /** Whether it was found that who asks has a role. */
  static boolean isKnown(RoutingContext context) {
    Caller caller = context.get(CALLER);
    return caller != null && caller.role() != null;
  }

  /** Adds what is done for a call of the document, which says where, for whom and with what. */
  void add(String id, Operation operation) {
    add(
        id,
        contract.call(id).role() == null
            ? new Bodies(vertx, LONGEST_OF_NOBODY, ofNobody, Api::who, MILLIS_OF_NOBODY)
            : new Bodies(vertx, LONGEST_BODY, ofKnown, Api::who),
        operation);
  }

  /** The same for one whose body may be of some MiB. */
  void addImport(String id, Operation operation) {
    add(id, new Bodies(vertx, LONGEST_IMPORT, imports, Api::who), operation);
  }

  private void add(String id, Bodies bodies, Operation operation) {
    Described described = contract.call(id);
    Route route = route(id);
    if (described.body() != null) { // no other is waited for
      bodies.addTo(route);
      route.handler(this::checkType);
      if (described.role() != null) {
        route.handler(context -> identifyAgain(context, described));
      }
    }
    route.handler(context -> run(context, described, operation));
  }

  private void checkType(RoutingContext context) {
    if (site != null && isUntyped(context)) {
      context.fail(415);
    } else {
      context.next();
    }
  }

  /** Another site's page may have a browser send such a body here without asking. */
  private static boolean isUntyped(RoutingContext context) {
    Buffer body = context.body().buffer();
    return body != null
        && body.length() > 0
        && context.request().getHeader(HttpHeaders.CONTENT_TYPE) == null;
  }

  /** Adds one that changes nothing, and whose answer no thread waits for. */
  void addQuestion(String id, Question question) {
    Described described = contract.call(id);
    route(id)
        .handler(
            context -> {
              Caller caller = caller(context);
              worker
                  .executeBlocking(
                      () -> question.of(Call.checked(context, caller, described)), false)
                  .compose(answered -> answered)
                  .compose(answer -> worker.executeBlocking(answer, false))
                  .onSuccess(answer -> unread.send(context, answer))
                  .onFailure(context::fail);
            });
  }

  /** Adds one that answers as long as who asks is there. */
  void addStream(String id, Handler<RoutingContext> handler) {
    route(id).handler(handler);
  }

  /** One that only who may gets past. */
  private Route route(String id) {
    Described described = contract.call(id);
    if (!added.add(id)) {
      throw new IllegalStateException(id + " is there twice");
    }
    return router
        .route(described.method(), ROOT + described.path())
        .handler(context -> identify(context, described));
  }

  private static @Nullable Problem refusal(Caller caller, Described described) {
    Role needed = described.role();
    if (needed == null) {
      return null;
    }
    Role role = caller.role();
    if (role == null) {
      return Problem.of(401, "who asks isn't known: sign in, or bring a token of token add");
    }
    if (!role.includes(needed)) {
      return Problem.of(
          403,
          caller.author()
              + " is "
              + role.word()
              + " and may not do this: "
              + needed.word()
              + " would be right");
    }
    return described.ownersAlone() && !(caller.known() instanceof Maker.Owner)
        ? Problem.of(
            403, "this is done where the control runs, by its user: its Unix socket would be right")
        : null;
  }

  private void run(RoutingContext context, Described described, Operation operation) {
    Caller caller = caller(context);
    Callable<Answer> done =
        () -> once.answer(Call.checked(context, caller, described), described, operation);
    Bodies.held(
            context,
            () ->
                described.role() == null
                    ? open.take(caller.origin(), done)
                    : worker.executeBlocking(done, false))
        .onSuccess(answer -> unread.send(context, answer))
        .onFailure(context::fail);
  }
}
