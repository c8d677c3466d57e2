package io.doppelfleet.control;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.access.PasswordCost;
import io.doppelfleet.control.access.SignIn;
import io.doppelfleet.control.api.Api;
import io.doppelfleet.control.api.Caller;
import io.doppelfleet.control.api.Callers;
import io.doppelfleet.control.api.Contract;
import io.doppelfleet.control.api.Dashboard;
import io.doppelfleet.control.api.Fleet;
import io.doppelfleet.control.api.Gate;
import io.doppelfleet.control.api.Pages;
import io.doppelfleet.control.api.Site;
import io.doppelfleet.control.cluster.Door;
import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.http.Arrivals;
import io.doppelfleet.control.http.TcpListener;
import io.doppelfleet.control.http.UnixListener;
import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.peer.NodesHere;
import io.doppelfleet.control.peer.Peers;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.cluster.Bus;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import io.doppelfleet.fleet.cluster.Joining;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  /** A member that is frozen keeps others from joining for minutes. */
  private static final long JOINING_SECONDS = 10;

  /** The account of who sets this fleet up. */
  private static final String FIRST = "admin";

  private static final Duration INVITED = Duration.ofDays(1);

  /** Threads for who asks over TCP: however many ask, the store has a connection for the others. */
  private static final int WEB_THREADS = Store.CONNECTIONS - 1;

  private final ControlOptions options;
  private final Clock clock;
  private final MeterRegistry meters;
  private final PasswordCost passwordCost;
  private final SecureRandom random = new SecureRandom();
  private @Nullable WorkerExecutor worker;
  private @Nullable WorkerExecutor webWorker;
  private @Nullable Store store;
  private @Nullable Feed feed;
  private @Nullable Nodes nodes;
  private @Nullable Ledger ledger;
  private @Nullable Hellos hellos;
  private @Nullable Leases leases;
  private @Nullable LimitShares shares;
  private @Nullable Links links;
  private @Nullable Peers peers;
  private @Nullable Heartbeat heartbeat;
  private @Nullable HttpServer server;
  private @Nullable Joining<Door> door;

  /** Worker threads ask where it is. */
  private volatile @Nullable TcpListener web;

  private @Nullable String invitation;

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
        .compose(opened -> begin(own, opened).compose(listening -> cluster(own, opened)))
        .recover(failure -> stop().transform(closed -> Future.failedFuture(failure)));
  }

  private Store numbered(Store opened) throws StoreException {
    number = opened.controls().number(options.identityFile(), random);
    return opened;
  }

  private Future<?> begin(WorkerExecutor own, Store opened) {
    Nodes reporting = new Nodes(vertx, System::nanoTime);
    nodes = reporting;
    Gauge.builder("doppelfleet.control.nodes", reporting::here)
        .description("Nodes that report to this control")
        .register(meters);
    Sender sender = new Sender("control", clock.instant());
    Leases banning = new Leases(vertx, sender, reporting::present, System::nanoTime, meters);
    leases = banning;
    ledger = new Ledger(vertx, opened, sender, options.retention());
    peers = peers(opened, reporting, banning);
    return Feed.start(vertx, opened, sender, own)
        .compose(
            started -> {
              feed = counted(started);
              LimitShares dividing =
                  new LimitShares(
                      vertx,
                      sender,
                      started::present,
                      () -> reporting.present().size(),
                      peers,
                      System::nanoTime);
              shares = dividing;
              return links(own, opened, sender, banning, dividing)
                  .compose(linked -> listen(own, opened, started, reporting, banning, dividing));
            });
  }

  private Future<?> listen(
      WorkerExecutor own,
      Store opened,
      Feed started,
      Nodes reporting,
      Leases banning,
      LimitShares dividing) {
    NodesHere here = new NodesHere(vertx, ownNode(), links);
    listenToOthers(own, opened, started, here, dividing);
    Fleet fleet =
        new Fleet(
            opened,
            started,
            reporting,
            banning,
            dividing,
            links,
            options.besideNode() ? ownNode() : null,
            here,
            peers,
            this::webUrl);
    return own.executeBlocking(Contract::read)
        .compose(contract -> listen(own, contract, fleet))
        .compose(listening -> invite(own, opened));
  }

  /** Null: the store can have no other control. */
  private @Nullable Peers peers(Store opened, Nodes reporting, Leases banning) {
    if (!opened.controls().areSeveral()) {
      return null;
    }
    LOG.info("this is control {} of its store", number);
    LinkOptions nodesElsewhere = options.nodes();
    return new Peers(
        vertx,
        opened.calls(),
        number,
        clock.instant(),
        nodesElsewhere == null ? null : nodesElsewhere.reachable(),
        reporting,
        banning,
        random,
        meters);
  }

  private void listenToOthers(
      WorkerExecutor own, Store opened, Feed started, NodesHere here, LimitShares dividing) {
    Peers others = peers;
    Hellos known = hellos;
    if (others != null && known != null) {
      others.begin(known, here, dividing);
      opened.listen(() -> othersWrote(started), others::heard);
      if (options.besideNode()) {
        heartbeat = new Heartbeat(vertx, own, opened.controls(), number);
      }
    }
  }

  /** On the store's own thread. */
  private void othersWrote(Feed started) {
    started.lookSoon();
    Links here = links;
    if (here != null) {
      here.lookSoon();
    }
  }

  private Feed counted(Feed started) {
    Gauge.builder("doppelfleet.control.store.down", () -> started.isStoreThere() ? 0 : 1)
        .description("1 where this control's store didn't answer last, and nodes hear no change")
        .register(meters);
    return started;
  }

  /** Strangers as a rule; docs/limits.md has the bounds. */
  private Counter refused(String of) {
    return Counter.builder("doppelfleet.control.refused")
        .description("What this control closed or put off, for there was too much of it at once")
        .tag("of", of)
        .register(meters);
  }

  private Future<?> links(
      WorkerExecutor own, Store opened, Sender sender, Leases banning, LimitShares dividing) {
    LinkOptions nodesElsewhere = options.nodes();
    Peers others = peers;
    if (tellsHellos()) {
      hellos =
          new Hellos(
              vertx, sender, others == null ? (node, token, late) -> {} : others, random, meters);
    }
    if (nodesElsewhere == null) {
      return Future.succeededFuture();
    }
    return Links.start(
            vertx,
            nodesElsewhere,
            opened.authority(),
            opened.roster(),
            own,
            clock,
            removed -> {
              banning.forget(removed.sender());
              dividing.forget(removed.sender());
            },
            refused("link"))
        .onSuccess(started -> links = started);
  }

  private Future<?> listen(WorkerExecutor own, Contract contract, Fleet fleet) {
    Counter late = refused("sign-in");
    return own.executeBlocking(() -> SignIn.begin(fleet.store(), clock, random, passwordCost, late))
        .compose(signIn -> listen(own, contract, fleet, signIn));
  }

  private Future<?> listen(WorkerExecutor own, Contract contract, Fleet fleet, SignIn signIn) {
    Router forOwner =
        router(own, contract, fleet, signIn, call -> Future.succeededFuture(Caller.owner()), null);
    return UnixListener.start(vertx, options.socket(), own, forOwner)
        .onSuccess(listening -> server = listening)
        .compose(
            listening -> {
              WebOptions address = options.web();
              return address == null
                  ? Future.succeededFuture()
                  : serve(address, contract, fleet, signIn);
            });
  }

  /** Who asks over TCP may be anybody: they have threads of their own. */
  private Future<TcpListener> serve(
      WebOptions address, Contract contract, Fleet fleet, SignIn signIn) {
    WorkerExecutor others =
        vertx.createSharedWorkerExecutor("doppelfleet-control-web", WEB_THREADS);
    webWorker = others;
    Arrivals arrivals = new Arrivals(vertx, address.connections(), refused("connection"));
    Gate gate = new Gate(fleet.store().access(), others, arrivals::shown);
    return others
        .executeBlocking(Pages::read)
        .map(
            pages ->
                address.tls() == null
                    ? Site.plain(pages, address.listen().host())
                    : Site.overTls(pages))
        .map(site -> router(others, contract, fleet, signIn, gate, site))
        .compose(router -> TcpListener.start(vertx, address, others, arrivals, router))
        .onSuccess(started -> web = started);
  }

  private Router router(
      WorkerExecutor own,
      Contract contract,
      Fleet fleet,
      SignIn signIn,
      Callers callers,
      @Nullable Site site) {
    return Api.router(vertx, own, contract, fleet, signIn, clock, random, callers, site);
  }

  /** Nodes elsewhere come in whether the cluster answers or not. */
  private Future<?> cluster(WorkerExecutor own, Store opened) {
    ClusterOptions cluster = options.cluster();
    LinkOptions nodesElsewhere = options.nodes();
    if (cluster == null || nodesElsewhere == null) {
      return Future.succeededFuture();
    }
    return own.executeBlocking(
            () -> {
              Bus.check(cluster);
              return null;
            })
        .compose(
            checked -> {
              Joining<Door> opening =
                  Door.open(
                      vertx,
                      cluster,
                      opened.authority(),
                      opened.roster(),
                      nodesElsewhere.listen(),
                      own,
                      clock,
                      random,
                      refused("knock"));
              door = opening;
              return opening
                  .tried()
                  .timeout(JOINING_SECONDS, TimeUnit.SECONDS)
                  .recover(ControlVerticle::without);
            });
  }

  private static Future<Door> without(Throwable failure) {
    if (failure instanceof TimeoutException) { // all others were said
      LOG.warn("the cluster doesn't answer yet: nodes come in at their address");
    }
    return Future.succeededFuture();
  }

  /** As long as nobody can sign in, who runs this process is told how. */
  private Future<?> invite(WorkerExecutor own, Store opened) {
    if (web == null) {
      return Future.succeededFuture();
    }
    String made = Credential.INVITATION.create(random);
    Instant until = clock.instant().plus(INVITED);
    return own.executeBlocking(
            () -> opened.access().accounts().begin(FIRST, Credential.hash(made), until))
        .onSuccess(begun -> invitation = begun ? made : null);
  }

  /**
   * The link that makes the first administrator, good for a day, once it has started; null where
   * there is somebody, or no address.
   */
  public @Nullable String invitationLink() {
    String made = invitation;
    String url = webUrl();
    return made == null || url == null ? null : Dashboard.link(url, made);
  }

  /** Where the API is served over TCP, once it has started; null: nowhere. */
  public @Nullable HostPort webAddress() {
    TcpListener listener = web;
    return listener == null ? null : listener.address();
  }

  private @Nullable String webUrl() {
    TcpListener listener = web;
    return listener == null ? null : listener.url();
  }

  /** What messages of the node in this process are stamped with; once it has started. */
  public String ownNode() {
    return Sender.ownNode(number);
  }

  /**
   * Whether there are other nodes, or may be, so that each is told of hellos; once it has started.
   */
  public boolean tellsHellos() {
    return options.nodes() != null || peers != null;
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
    return closed(server == null ? null : server.close())
        .compose(ended -> closed(closeWeb()))
        .compose(ended -> closed(door == null ? null : door.end()))
        .compose(ended -> closed(links == null ? null : links.close()))
        .compose(ended -> closed(peers == null ? null : peers.close())) // and shares in its time
        .compose(ended -> closed(shares == null ? null : shares.close()))
        .compose(ended -> closed(hellos == null ? null : hellos.close()))
        .compose(ended -> closed(leases == null ? null : leases.close()))
        .compose(ended -> closed(feed == null ? null : feed.close()))
        .compose(ended -> closed(nodes == null ? null : nodes.close()))
        .compose(ended -> closed(ledger == null ? null : ledger.close()))
        .compose(ended -> closed(closeStore()))
        .compose(ended -> closed(webWorker == null ? null : webWorker.close()))
        .compose(ended -> closed(worker == null ? null : worker.close()));
  }

  private @Nullable Future<?> closeWeb() {
    TcpListener listener = web;
    return listener == null ? null : listener.close();
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
