package io.doppelfleet.proxy;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.proxy.dial.UpstreamNames;
import io.doppelfleet.proxy.dial.Upstreams;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.doppelfleet.proxy.relay.Counts;
import io.doppelfleet.proxy.relay.Uses;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.rule.RuleBans;
import io.doppelfleet.proxy.scout.Bounds;
import io.doppelfleet.proxy.scout.Scout;
import io.doppelfleet.proxy.scout.Trouble;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The data plane of one process: what its event loops share, and the verticles on them. */
public final class ProxyNode {
  private static final long DRAIN_CHECK_MILLIS = 50;

  /** So long the start waits for the address of the cover; then clients are served without it. */
  private static final long COVER_NAME_MILLIS = 1_000;

  /** So long strangers wait at the start until it is known whether the cover leads back here. */
  private static final long COVER_UNSEEN_MILLIS = 2_000;

  private final Vertx vertx;
  private final Shared shared;
  private final Held held;
  private final Scout scout;
  private final @Nullable UpstreamNames upstreamNames;
  private final SelfProbe probe;
  private final List<ProxyVerticle> verticles;
  private final List<String> deployments = new ArrayList<>();
  private final StateInTime state;
  private final Counts counts;
  private volatile List<String> hosts;
  private volatile boolean draining;

  private ProxyNode(Vertx vertx, Shared shared, Held held, FleetState state, Instant now) {
    this.vertx = vertx;
    this.shared = shared;
    this.held = held;
    this.hosts = Assembly.hosts(state);
    this.scout =
        new Scout(
            vertx,
            shared.cover(),
            shared.doppel(),
            held.file(),
            () -> hosts,
            shared.options().scoutEvery(),
            Bounds.defaults(),
            new SecureRandom(),
            shared.clock());
    Upstreams upstreams = shared.upstreams();
    this.upstreamNames = upstreams == null ? null : new UpstreamNames(vertx, upstreams);
    this.probe =
        new SelfProbe(
            vertx,
            shared.own(),
            () -> hosts.isEmpty() ? shared.cover().site().host() : hosts.getFirst(),
            shared.options().probeEvery(),
            shared.options().limits().dialTimeout(),
            this::mayCome,
            new SecureRandom(),
            shared.clock());
    if (probe.isOn()) {
      shared.meters().probes(probe);
    }
    this.verticles =
        IntStream.range(0, shared.options().loops())
            .mapToObj(number -> new ProxyVerticle(shared, number))
            .toList();
    this.counts = new NodeCounts(shared.accounts().books(), verticles, shared.secrets()::serves);
    shared.meters().draining(this::isDraining);
    shared.meters().rules(shared.rules());
    Duration grace = shared.options().limits().drain();
    this.state = new StateInTime(vertx, shared.clock(), this::take, grace, state, now);
  }

  /** The same for a node that is alone. */
  public static Future<ProxyNode> start(
      Vertx vertx, ProxyOptions options, FleetState state, Clock clock, MeterRegistry meters) {
    return start(vertx, options, state, null, clock, meters);
  }

  /**
   * Opens the listeners. Fails with an {@link IOException} whose message names the address or file.
   * Where the process may not have open files enough for the connections of the options, it takes
   * as many as it may.
   *
   * @param vertx with at least as many event loops as the options name
   * @param options name a port other than 0, or one loop: each would get another port
   * @param state the secrets to begin with
   * @param fleet the hellos that other nodes have met; null: there are none
   * @param clock wall clock for hellos; durations are measured on the monotonic one
   * @param meters where the counters go
   */
  public static Future<ProxyNode> start(
      Vertx vertx,
      ProxyOptions options,
      FleetState state,
      @Nullable FleetHellos fleet,
      Clock clock,
      MeterRegistry meters) {
    Assembly assembly;
    try {
      assembly = Assembly.of(vertx, options, state, fleet, clock, meters);
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    return vertx
        .executeBlocking(assembly::open)
        .compose(
            opened -> {
              Held held = Objects.requireNonNull(opened);
              Instant now = clock.instant();
              Shared shared = assembly.shared(held, now);
              ProxyNode node = new ProxyNode(vertx, shared, held, state, now);
              return node.deploy()
                  .recover(failure -> node.close().transform(c -> Future.failedFuture(failure)));
            });
  }

  private Future<ProxyNode> deploy() {
    shared.pressure().begin();
    Future<?> deployed = Future.succeededFuture();
    for (ProxyVerticle verticle : verticles) {
      deployed =
          deployed.compose(last -> vertx.deployVerticle(verticle)).onSuccess(deployments::add);
    }
    return deployed
        .compose(
            last -> {
              state.begin(); // not sooner: a sweep needs the verticles' loops
              shared.lists().begin(this::sweep);
              shared.rules().onBan(this::sweep);
              probe.begin(shared.options().listen().getFirst().at(listening().getFirst()));
              vertx.setTimer(COVER_UNSEEN_MILLIS, over -> shared.doppel().coverSeen());
              shared.cover().guard(listening());
              Future<Void> known = shared.cover().follow(vertx);
              known.onSuccess(resolved -> look());
              Future<?> all =
                  upstreamNames == null ? known : Future.join(known, upstreamNames.follow());
              return Future.any(all, vertx.timer(COVER_NAME_MILLIS, TimeUnit.MILLISECONDS));
            })
        .compose(
            known ->
                shared.cover().leadsBack()
                    ? Future.failedFuture(
                        new IOException(
                            "the cover is this proxy itself: set proxy.cover to another site"))
                    : Future.succeededFuture(this));
  }

  /** Whether who comes now doesn't wait in the backlog. */
  private boolean mayCome() {
    return !draining
        && shared.admission().open() < shared.admission().limit()
        && !shared.pressure().isMemoryGone();
  }

  private void look() {
    if (shared.options().scoutEvery().isZero()) {
      shared.doppel().coverSeen();
    } else {
      held.site().ifPresent(site -> site.whenRenewed(scout::lookNow));
      scout.start(); // where it is ourselves, so that this is told, and known once it is mended
    }
  }

  /**
   * Takes a new state at once. Connections whose secret it has not, by name and key, or whose
   * address it bans are cut soon after: within a second where there are thousands. The others
   * notice nothing. So it is again when a key or a ban in it begins or ends by its time; but
   * connections by a key that has ended are cut {@link ProxyOptions.Limits#drain} later. Blocks for
   * some milliseconds where there are thousands of secrets.
   */
  public void apply(FleetState next) {
    state.become(next);
  }

  private void take(FleetState next, Instant now) {
    shared.secrets().apply(next, now); // first: who becomes a pair from now on is measured by it
    shared.accounts().books().limit(next);
    hosts = Assembly.hosts(next);
    sweep();
  }

  private void sweep() {
    verticles.forEach(ProxyVerticle::sweep);
  }

  /** The addresses that are listened on, ports filled in. */
  public List<HostPort> listening() {
    return verticles.getFirst().listening();
  }

  /**
   * What the first look at the cover shows to be wrong with it, which the caller is to tell: the
   * log has only what later looks show. Never fails; it may come late, on any thread.
   */
  public Future<List<Trouble>> firstLook() {
    return shared.options().scoutEvery().isZero()
        ? Future.succeededFuture(List.of())
        : scout.firstLook();
  }

  /** What is known of the cover's looks. */
  public Doppel doppel() {
    return shared.doppel();
  }

  /** What has passed since the start, by secret. */
  public Counts counts() {
    return counts;
  }

  /** What is used of limits that hold over the whole fleet. */
  public Uses uses() {
    return shared.accounts().books();
  }

  /** Pairs of clients now by keys of this state's secrets that have a newer one, by their names. */
  public Map<String, Integer> byOldKeys(FleetState of) {
    return shared.accounts().books().byOldKeys(of);
  }

  /** Pairs of clients now. */
  public int clients() {
    return shared.accounts().clients().get();
  }

  /**
   * Pairs of clients now that a ban of these addresses would cut, by the names of their secrets.
   */
  public Future<Map<String, Integer>> reached(Prefix prefix) {
    return Reach.of(prefix, verticles);
  }

  /** What became of it as a client of itself, by data centre; nothing where it isn't to be one. */
  public List<NodeHealth.Probe> probes() {
    return probe.last();
  }

  /** Whom rules ban. */
  public RuleBans rules() {
    return shared.rules();
  }

  /** Connections of clients and strangers now, decided or not. */
  public int connections() {
    return shared.admission().open();
  }

  /** What it is doing at this moment. */
  public Vitals vitals() {
    return Vitals.of(shared, verticles.stream().map(ProxyVerticle::vitals).toList(), draining);
  }

  /** Whether it has begun to {@link #leave}. */
  public boolean isDraining() {
    return draining;
  }

  /**
   * Takes no more clients: who comes meets the cover, so that nobody who watches sees a site that
   * went away while its visitors stayed.
   *
   * @return done when no client is left, or after the longest time
   */
  public Future<Void> leave(Duration longest) {
    draining = true;
    verticles.forEach(ProxyVerticle::leave);
    return probe
        .end()
        .compose(
            home ->
                until(
                    () -> clients() == 0 && coming() == 0, System.nanoTime() + longest.toNanos()));
  }

  /** Clients on their way from the verdict to a pair. */
  private int coming() {
    return shared.meters().coming(shared.admission(), shared.accounts(), shared.own());
  }

  /**
   * Stops accepting, lets pairs finish for {@link ProxyOptions.Limits#drain}, cuts the rest and
   * gives everything back. The result is the number of pairs that were cut.
   */
  public Future<Integer> drain() {
    verticles.forEach(ProxyVerticle::stopListening);
    long end = System.nanoTime() + shared.options().limits().drain().toNanos();
    return probe
        .end()
        .compose(home -> until(() -> connections() == 0, end))
        .compose(ended -> Future.all(verticles.stream().map(ProxyVerticle::cutAll).toList()))
        .compose(
            cuts -> {
              int cut = cuts.<Integer>list().stream().mapToInt(Integer::intValue).sum();
              return close().map(cut);
            });
  }

  private Future<Void> until(BooleanSupplier over, long end) {
    return over.getAsBoolean() || System.nanoTime() - end >= 0
        ? Future.succeededFuture()
        : vertx.timer(DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS).compose(later -> until(over, end));
  }

  private Future<Void> close() {
    state.end();
    shared.pressure().end();
    shared.lists().end();
    shared.cover().forget();
    if (upstreamNames != null) {
      upstreamNames.forget();
    }
    return Future.join(scout.close(), probe.end())
        .transform(home -> Future.join(deployments.stream().map(vertx::undeploy).toList()))
        .transform(undeployed -> shared.secrets().close())
        .transform(
            closed ->
                vertx.executeBlocking(
                    () -> {
                      held.close();
                      return null;
                    }));
  }
}
