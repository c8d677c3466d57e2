package io.doppelfleet.control.link;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Roster;
import io.doppelfleet.fleet.FleetLeases;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.KnownHellos;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.StateDelta;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpServerConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of a control: each node has one at most, and who is no node gets no further than its
 * first word. All of it is on one event loop; what asks the store is on a worker.
 */
public final class Links {
  private static final Logger LOG = LoggerFactory.getLogger(Links.class);

  /** Who says nothing for so long is gone; both ends say something every two seconds. */
  private static final Duration SILENT = Duration.ofSeconds(8);

  /** Whole states on their way at once: each may be some 20 MB. */
  private static final int MOST_WHOLE_STATES = 4;

  /** What a second holder of an identity is told. */
  static final String HELD =
      "another process holds this identity: was the disk copied? It is let in when the other has"
          + " gone";

  private static final long LOOK_MILLIS = 1_000;

  final Vertx vertx;
  final Authority authority;
  final Roster roster;
  final WorkerExecutor worker;
  final Clock clock;
  private final LinkOptions options;
  private final Context context;
  private final NetServer server;
  private final Strangers strangers;
  private final Map<String, Session> byKey = new HashMap<>();
  private final Map<Long, Long> open = new ConcurrentHashMap<>();
  final SecondHolders secondHolders;
  private final List<Long> timers = new ArrayList<>();
  private final Presence presence;
  final Consumer<Member> whenRemoved;
  final Turns<Session> wholeStates = new Turns<>(MOST_WHOLE_STATES);
  private ServerSSLOptions tls;
  private final List<MessageConsumer<Buffer>> consumers = new ArrayList<>();
  private boolean looking;
  private boolean lookAgain;
  private boolean closing;

  private Links(
      Vertx vertx,
      LinkOptions options,
      Authority authority,
      Roster roster,
      WorkerExecutor worker,
      Clock clock,
      Consumer<Member> whenRemoved,
      Counter refused,
      ServerSSLOptions tls) {
    this.vertx = vertx;
    this.options = options;
    this.authority = authority;
    this.roster = roster;
    this.worker = worker;
    this.presence = new Presence(roster, worker);
    this.clock = clock;
    this.secondHolders = new SecondHolders(clock);
    this.whenRemoved = whenRemoved;
    this.strangers = new Strangers(refused);
    this.tls = tls;
    this.context = vertx.getOrCreateContext();
    // TLS begins when the connection is counted: a handshake takes memory too.
    this.server =
        vertx.createNetServer(
            new TcpServerConfig().setReadIdleTimeout(SILENT).setWriteIdleTimeout(SILENT));
  }

  /**
   * Listens. To be called on an event loop's context, which these links then belong to. Fails where
   * the address can't be had.
   *
   * @param worker may be blocked by the store
   * @param whenRemoved called after the link of a node has ended that belongs to the fleet no more
   * @param refused counts strangers who were closed for there were too many
   */
  public static Future<Links> start(
      Vertx vertx,
      LinkOptions options,
      Authority authority,
      Roster roster,
      WorkerExecutor worker,
      Clock clock,
      Consumer<Member> whenRemoved,
      Counter refused) {
    return worker
        .executeBlocking(() -> tls(authority, clock))
        .map(
            tls ->
                new Links(
                    vertx, options, authority, roster, worker, clock, whenRemoved, refused, tls))
        .compose(links -> links.listen().map(links));
  }

  private Future<?> listen() {
    server.connectHandler(this::connected);
    server.exceptionHandler(failure -> LOG.debug("a link was not made: {}", failure.getMessage()));
    HostPort address = options.listen();
    return server
        .listen(SocketAddress.inetSocketAddress(address.port(), address.host()))
        .onSuccess(
            listening -> {
              LOG.info("nodes elsewhere come in at {}", options.listen());
              consumers.add(vertx.eventBus().consumer(StateDelta.ADDRESS, this::changed));
              consumers.add(vertx.eventBus().consumer(KnownHellos.ADDRESS, this::ticked));
              consumers.add(vertx.eventBus().consumer(FleetLeases.ADDRESS, this::banned));
              timers.add(vertx.setPeriodic(LOOK_MILLIS, tick -> look()));
              timers.add(
                  vertx.setPeriodic(presence.everyMillis(), tick -> presence.seen(byKey.values())));
              timers.add(
                  vertx.setPeriodic(Authority.CONTROL_TIME.dividedBy(30).toMillis(), t -> renew()));
            })
        .recover(
            failure ->
                Future.failedFuture(
                    new IOException(
                        "nodes can't come in at "
                            + options.listen()
                            + " ("
                            + failure.getMessage()
                            + "): set control.nodes.listen",
                        failure)));
  }

  private static ServerSSLOptions tls(Authority authority, Clock clock) {
    Authority.Identity identity = authority.certifyControl(clock.instant());
    return Tls.control(identity.key(), identity.chain());
  }

  private void renew() {
    worker
        .executeBlocking(() -> tls(authority, clock))
        .onSuccess(next -> tls = next)
        .onFailure(failure -> LOG.warn("the certificate stays: {}", failure.getMessage()));
  }

  private void connected(NetSocket socket) {
    if (closing || !strangers.mayCome()) {
      socket.close();
      return;
    }
    Session session = new Session(this, socket, System.nanoTime());
    strangers.came(session);
    session.begin(tls);
  }

  /** The same frame for all: what waits for slow readers is held once. */
  private void changed(Message<Buffer> published) {
    Buffer frame = Frames.of(published.body());
    List.copyOf(byKey.values()).forEach(session -> session.tell(frame));
  }

  private void ticked(Message<Buffer> published) {
    Buffer frame = Frames.ofHellos(published.body());
    List.copyOf(byKey.values()).forEach(session -> session.tick(frame));
  }

  private void banned(Message<Buffer> published) {
    Buffer frame = Frames.ofLeases(published.body());
    List.copyOf(byKey.values()).stream()
        .filter(session -> session.bounds.version() >= LinkMessage.LEASES)
        .forEach(session -> session.tellNewest(frame));
  }

  /**
   * A machine with a certificate wants its link open.
   *
   * @return why it may not, null: it may, and any other link of this process of it has ended
   */
  @Nullable String claim(Session session, String key, String instance) {
    Session other = byKey.get(key);
    if (other != null && !other.isOf(instance)) {
      Member member = other.member();
      if (member != null) {
        secondHolders.refused(member);
      }
      return HELD;
    }
    if (other != null) {
      other.replaced();
    }
    byKey.put(key, session);
    return null;
  }

  /**
   * A node whose link is open here has a later one to another control. Where its network broke it
   * comes there before the end is seen here, and has moved.
   *
   * @param other whether that is another process while this one lives
   */
  void elsewhere(Member member, boolean other) {
    if (other) {
      secondHolders.refused(member);
    }
    LOG.info("node {} has a link to another control now", member.name());
  }

  /** The link of a node is open. */
  void opened(Session session, Member member, long epoch) {
    strangers.left(session);
    open.put(member.id(), epoch);
    secondHolders.opened(member);
  }

  /** A link has ended, or was never open. */
  void ended(Session session, @Nullable String key) {
    strangers.left(session);
    wholeStates.end(session);
    Member member = session.member();
    if (key != null && byKey.remove(key, session) && member != null) {
      Long epoch = open.remove(member.id());
      if (epoch != null) {
        presence.left(member, epoch);
      }
    }
  }

  /** A control has written, as the store says: it may have removed a node. From any thread. */
  public void lookSoon() {
    context.runOnContext(go -> lookAtStore());
  }

  /** Another control may have removed a node, or have a link of it. */
  private void look() {
    strangers.tick(SILENT);
    if (!looking) {
      lookAtStore();
    }
  }

  private void lookAtStore() {
    lookAgain = looking; // what is read may be of before
    if (looking || open.isEmpty()) {
      return;
    }
    looking = true;
    // What was open before: who comes meanwhile is newer than what is read.
    List<Session> before = byKey.values().stream().filter(Session::isOpen).toList();
    worker
        .executeBlocking(roster::standings, false)
        .onComplete(
            looked -> {
              looking = false;
              if (looked.succeeded()) {
                before.forEach(session -> session.check(looked.result()));
              }
              if (lookAgain) {
                lookAtStore();
              }
            });
  }

  /** A node was removed, also in the store: its link ends at once. From any thread. */
  public void drop(Member removed) {
    withSessionOf(removed.sender(), Session::removed, () -> {});
    context.runOnContext(go -> secondHolders.forget(removed));
  }

  /**
   * Tells a node to end when its clients have finished; fails where it has no link here. From any
   * thread.
   */
  public Future<Void> drain(String sender, long seconds) {
    Promise<Void> told = Promise.promise();
    withSessionOf(
        sender,
        session -> {
          session.drain(seconds);
          told.complete();
        },
        () -> told.fail("the node has no link here"));
    return told.future();
  }

  /** What a node answers; fails where it doesn't, or has no link here. From any thread. */
  public Future<Buffer> ask(String sender, Buffer question) {
    Promise<Buffer> answer = Promise.promise();
    withSessionOf(
        sender,
        session -> session.asked.ask(question).onComplete(answer::tryComplete, answer::tryFail),
        () -> answer.fail("the node has no link here"));
    return answer.future();
  }

  /** By what a node's messages are stamped with. */
  private void withSessionOf(String sender, Consumer<Session> then, Runnable otherwise) {
    context.runOnContext(
        go ->
            List.copyOf(byKey.values()).stream()
                .filter(session -> session.isOfNode(sender))
                .findFirst()
                .ifPresentOrElse(then, otherwise));
  }

  /** The number of a node's link that is open here; null: none is. From any thread. */
  public @Nullable Long epoch(Member member) {
    return open.get(member.id());
  }

  /** Whether a node's link is open here. From any thread. */
  public boolean isOpen(Member member) {
    return open.containsKey(member.id());
  }

  /** When a second holder of a node's identity was refused; null: not of late. Any thread. */
  public @Nullable Instant secondHolder(long id) {
    return secondHolders.at(id);
  }

  /** The token that has this secret. */
  public JoinToken token(byte[] secret) {
    byte[] certificate = authority.nodes().open().bytes();
    return new JoinToken(JoinToken.sha256(certificate), secret, options.reachable());
  }

  /** Ends all links: what nodes say after that isn't read. From any thread. */
  public Future<Void> close() {
    Promise<Void> over = Promise.promise();
    context.runOnContext(
        go -> {
          closing = true;
          timers.forEach(vertx::cancelTimer);
          // The server's future doesn't wait until each connection is told that it was closed.
          strangers.hangUp();
          List.copyOf(byKey.values()).forEach(Session::hangUp);
          over.complete();
        });
    return over.future()
        .compose(ended -> Future.join(consumers.stream().map(MessageConsumer::unregister).toList()))
        .transform(silent -> server.close());
  }
}
