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
import io.doppelfleet.control.http.Arrivals;
import io.doppelfleet.control.http.TcpListener;
import io.doppelfleet.control.http.UnixListener;
import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.HostPort;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where people and programs ask a control: on its Unix socket, and over TCP where it is to be. */
final class ApiServer {
  /** The account of who sets this fleet up. */
  private static final String FIRST = "admin";

  private static final Duration INVITED = Duration.ofDays(1);

  /** Threads for who asks over TCP: however many ask, the store has a connection for the others. */
  private static final int WEB_THREADS = Store.CONNECTIONS - 1;

  private final Vertx vertx;
  private final WorkerExecutor own;
  private final Clock clock;
  private final SecureRandom random;
  private final PasswordCost passwordCost;
  private final MeterRegistry meters;
  private @Nullable HttpServer forOwner;
  private @Nullable WorkerExecutor webWorker;

  /** Worker threads ask where it is. */
  private volatile @Nullable TcpListener web;

  private @Nullable String invitation;

  /**
   * Serves nobody yet.
   *
   * @param own threads for who asks on the Unix socket, which the store may block
   * @param random must be unpredictable
   */
  ApiServer(
      Vertx vertx,
      WorkerExecutor own,
      Clock clock,
      SecureRandom random,
      PasswordCost passwordCost,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.own = own;
    this.clock = clock;
    this.random = random;
    this.passwordCost = passwordCost;
    this.meters = meters;
  }

  /**
   * Listens; fails with a sentence for the operator.
   *
   * @param socket the Unix socket's path
   * @param address null: there alone
   */
  Future<?> start(Path socket, @Nullable WebOptions address, Fleet fleet) {
    return own.executeBlocking(Contract::read)
        .compose(contract -> signIn(socket, address, fleet, contract))
        .compose(listening -> invite(fleet.store()));
  }

  private Future<?> signIn(
      Path socket, @Nullable WebOptions address, Fleet fleet, Contract contract) {
    Counter late = Excess.SIGN_IN.counter(meters);
    return own.executeBlocking(() -> SignIn.begin(fleet.store(), clock, random, passwordCost, late))
        .compose(signIn -> listen(socket, address, fleet, contract, signIn));
  }

  private Future<?> listen(
      Path socket, @Nullable WebOptions address, Fleet fleet, Contract contract, SignIn signIn) {
    Callers owner = call -> Future.succeededFuture(Caller.owner());
    return UnixListener.start(vertx, socket, own, router(own, contract, fleet, signIn, owner, null))
        .onSuccess(listening -> forOwner = listening)
        .compose(
            listening ->
                address == null
                    ? Future.succeededFuture()
                    : serve(address, contract, fleet, signIn));
  }

  /** Who asks over TCP may be anybody: they have threads of their own. */
  private Future<TcpListener> serve(
      WebOptions address, Contract contract, Fleet fleet, SignIn signIn) {
    WorkerExecutor others =
        vertx.createSharedWorkerExecutor("doppelfleet-control-web", WEB_THREADS);
    webWorker = others;
    Arrivals arrivals =
        new Arrivals(vertx, address.connections(), Excess.CONNECTION.counter(meters));
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
      WorkerExecutor worker,
      Contract contract,
      Fleet fleet,
      SignIn signIn,
      Callers callers,
      @Nullable Site site) {
    return Api.router(vertx, worker, contract, fleet, signIn, clock, random, callers, site);
  }

  /** As long as nobody can sign in, who runs this process is told how. */
  private Future<?> invite(Store store) {
    if (web == null) {
      return Future.succeededFuture();
    }
    String made = Credential.INVITATION.create(random);
    Instant until = clock.instant().plus(INVITED);
    return own.executeBlocking(
            () -> store.access().accounts().begin(FIRST, Credential.hash(made), until))
        .onSuccess(begun -> invitation = begun ? made : null);
  }

  /** By which the first administrator comes in; null where there is somebody, or no address. */
  @Nullable String invitationLink() {
    String made = invitation;
    String url = url();
    return made == null || url == null ? null : Dashboard.link(url, made);
  }

  /** Where it is served over TCP; null: nowhere. */
  @Nullable HostPort address() {
    TcpListener listener = web;
    return listener == null ? null : listener.address();
  }

  /** The dashboard's; null: it is served nowhere. From any thread. */
  @Nullable String url() {
    TcpListener listener = web;
    return listener == null ? null : listener.url();
  }

  /** Ends all connections. What was asked by them may be under way on its threads yet. */
  Future<?> close() {
    HttpServer unix = forOwner;
    TcpListener tcp = web;
    Future<?> closed = unix == null ? Future.succeededFuture() : unix.close();
    return closed.transform(ended -> tcp == null ? Future.succeededFuture() : tcp.close());
  }

  /** Ends its threads, once the store is closed. */
  Future<?> end() {
    WorkerExecutor others = webWorker;
    return others == null ? Future.succeededFuture() : others.close();
  }
}
