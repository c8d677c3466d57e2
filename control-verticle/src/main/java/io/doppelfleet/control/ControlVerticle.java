package io.doppelfleet.control;

import io.doppelfleet.control.access.PasswordCost;
import io.doppelfleet.control.api.Fleet;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane of one process: the store, what nodes are told of it, what they tell, and the
 * API. The store is used on worker threads only; Vert.x must have a transport that knows Unix
 * sockets. Starting fails with a sentence for the operator.
 */
public final class ControlVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ControlVerticle.class);

  private final ControlOptions options;
  private final Clock clock;
  private final MeterRegistry meters;
  private final PasswordCost passwordCost;
  private final SecureRandom random = new SecureRandom();
  private @Nullable WorkerExecutor worker;
  private @Nullable Store store;
  private @Nullable Talk talk;
  private @Nullable Heartbeat heartbeat;
  private @Nullable Entrances entrances;
  private @Nullable ApiServer api;

  /** Among the controls of its store. */
  private volatile int number;

  /** With the clock by which revisions are written; nobody sees what it counts. */
  public ControlVerticle(ControlOptions options, Clock clock) {
    this(options, clock, new CompositeMeterRegistry());
  }

  /** The same with a place where its counters go. */
  public ControlVerticle(ControlOptions options, Clock clock, MeterRegistry meters) {
    this(options, clock, meters, PasswordCost.USUAL);
  }

  /** A test that isn't about what passwords cost makes them cheap. */
  ControlVerticle(
      ControlOptions options, Clock clock, MeterRegistry meters, PasswordCost passwordCost) {
    this.options = options;
    this.clock = clock;
    this.meters = meters;
    this.passwordCost = passwordCost;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor own = vertx.createSharedWorkerExecutor("doppelfleet-control", Store.CONNECTIONS);
    worker = own;
    return own.executeBlocking(
            () -> Store.open(options.storeUrl(), options.keyFile(), clock, random))
        .onSuccess(opened -> store = opened)
        .compose(opened -> own.executeBlocking(() -> numbered(opened)))
        .compose(opened -> begin(own, opened))
        .recover(failure -> stop().transform(closed -> Future.failedFuture(failure)));
  }

  private Store numbered(Store opened) throws StoreException {
    number = opened.controls().number(options.identityFile(), random);
    if (opened.controls().areSeveral()) {
      LOG.info("this is control {} of its store", number);
    }
    return opened;
  }

  private Future<?> begin(WorkerExecutor own, Store opened) {
    return Talk.start(vertx, options, opened, number, own, clock, random, meters)
        .onSuccess(begun -> talk = begun)
        .compose(begun -> letIn(own, opened, begun));
  }

  /** Nodes elsewhere come in whether the cluster answers or not. */
  private Future<?> letIn(WorkerExecutor own, Store opened, Talk begun) {
    Entrances entering = new Entrances(vertx, options, opened, own, clock, random, meters);
    entrances = entering;
    return entering
        .open(begun::forget)
        .compose(open -> serve(own, opened, begun, entering.links()))
        .compose(serving -> entering.join());
  }

  private Future<?> serve(WorkerExecutor own, Store opened, Talk begun, @Nullable Links links) {
    ApiServer serving = new ApiServer(vertx, own, clock, random, passwordCost, meters);
    api = serving;
    Fleet fleet = begun.withOthers(links, serving::url);
    if (opened.controls().areSeveral() && options.besideNode()) {
      heartbeat = new Heartbeat(vertx, own, opened.controls(), number);
    }
    return serving.start(options.socket(), options.web(), fleet);
  }

  /**
   * The link that makes the first administrator, good for a day, once it has started; null where
   * there is somebody, or no address.
   */
  public @Nullable String invitationLink() {
    return api == null ? null : api.invitationLink();
  }

  /** Where the API is served over TCP, once it has started; null: nowhere. */
  public @Nullable HostPort webAddress() {
    return api == null ? null : api.address();
  }

  /** What messages of the node in this process are stamped with; once it has started. */
  public String ownNode() {
    return Sender.ownNode(number);
  }

  /**
   * Whether there are other nodes, or may be, so that each is told of hellos; once it has started.
   */
  public boolean tellsHellos() {
    return talk != null && talk.tellsHellos();
  }

  /** The key by which nodes know this fleet's states; once it has started. */
  public PublicKey statesKey() {
    return Objects.requireNonNull(store).authority().statesKey();
  }

  @Override
  public Future<?> stop() {
    if (heartbeat != null) {
      heartbeat.end();
    }
    return closed(api == null ? null : api.close())
        .compose(ended -> closed(entrances == null ? null : entrances.close()))
        .compose(ended -> closed(talk == null ? null : talk.close()))
        .compose(ended -> closed(closeStore()))
        .compose(ended -> closed(api == null ? null : api.end()))
        .compose(ended -> closed(worker == null ? null : worker.close()));
  }

  private @Nullable Future<?> closeStore() {
    Store opened = store;
    WorkerExecutor own = worker;
    return opened == null || own == null
        ? null
        : own.executeBlocking(
            () -> {
              opened.close();
              return null;
            });
  }

  /** The next is closed whatever became of this one. */
  private static Future<Void> closed(@Nullable Future<?> closing) {
    return closing == null
        ? Future.succeededFuture()
        : closing.transform(ended -> Future.succeededFuture());
  }
}
