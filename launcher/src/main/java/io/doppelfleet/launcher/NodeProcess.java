package io.doppelfleet.launcher;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.OwnSite;
import io.doppelfleet.launcher.config.Role;
import io.doppelfleet.launcher.config.Watching;
import io.doppelfleet.launcher.oddity.CoverProbe;
import io.doppelfleet.launcher.oddity.OpenFiles;
import io.doppelfleet.launcher.oddity.PublicHost;
import io.doppelfleet.launcher.oddity.SiteProbe;
import io.doppelfleet.launcher.screen.Screen;
import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.OwnKey;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.launcher.watch.DumpNote;
import io.doppelfleet.launcher.watch.Watch;
import io.doppelfleet.proxy.ProxyNode;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.scout.Trouble;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node in this process, from the configuration to the signal that ends it. */
final class NodeProcess {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

  /** Blocking work is rare here: the name service's file, the replay window, a scrape. */
  private static final int WORKERS = 4;

  /** From the last connection's end to the process's. */
  private static final Duration TO_END = Duration.ofSeconds(10);

  /** Of a node by itself. */
  private static final long FIRST_REVISION = 1;

  private final Reload reload;
  private final Configuration configuration;
  private final Watching watching;
  private final Clock clock = Clock.systemUTC();
  private final ServiceManager manager = ServiceManager.ofEnvironment();
  private final List<String> oddities = new ArrayList<>();

  /**
   * Shows how it fares as it is asked to.
   *
   * @param reload follows the configuration's file
   */
  NodeProcess(Reload reload, Configuration configuration, Watching watching) {
    this.reload = reload;
    this.configuration = configuration;
    this.watching = watching;
  }

  /**
   * Runs until a signal.
   *
   * @throws StateException when the state directory can't be used
   * @throws StartException when the node can't start, or was removed from its fleet
   */
  void run() throws StateException, StartException, InterruptedException, ExecutionException {
    CompletableFuture<String> signal = Signals.first();
    try (StateDirectory state = StateDirectory.open(configuration.state());
        Watch watch = new Watch(watching, Main.Version.number())) {
      Vertx vertx = vertx(watch);
      try {
        watch.serve(vertx);
        Listeners.warnIfPublic(watching.metrics(), oddities);
        Leaving leaving = new Leaving();
        Signals.atDrain(() -> leaving.drain().complete(Leaving.UNLESS_SAID));
        Following fleet = following(vertx, state, watch.registry(), leaving);
        List<NamedSecret> given =
            fleet == null ? configuration.secrets() : NewestKeys.of(fleet.state());
        OwnSite site = configuration.site();
        boolean trial = configuration.cover() == null && site == null && given.isEmpty();
        HostPort cover = cover(site, given);
        List<NamedSecret> secrets = fleet == null && given.isEmpty() ? own(state, cover) : given;
        List<Entrance> listen = Listeners.choose(configuration.listen(), oddities);
        CompletableFuture<List<String>> probe =
            aside(() -> site == null ? probe(cover, secrets, listen) : probe(site, secrets));
        FleetState begin = fleet == null ? new FleetState(FIRST_REVISION, secrets) : fleet.state();
        ProxyNode node =
            start(
                vertx,
                state,
                cover,
                listen,
                begin,
                fleet == null ? null : fleet.hellos(),
                watch.registry());
        HeapReturn.watch(vertx, node::connections);
        CleanPages.watch();
        HostPort server = publicAddress(listen);
        List<Access> access = Access.of(server, secrets);
        Access.write(Access.fileIn(state.path()), access);
        if (fleet != null) {
          fleet.serve(node, server, cover.host());
          fleet.count(watch.registry());
        }
        OpenFiles.tooFewFor(configuration.limits().connections(), configuration.loops(), others())
            .ifPresent(oddities::add);
        show(
            new Screen(
                Main.Version.number(),
                node.listening(),
                cover,
                trial,
                state.path(),
                watching.metrics(),
                access,
                List.copyOf(oddities)));
        watch.health().serves(node::vitals);
        reload.begin(configuration, fleet == null, taker(node, state, server));
        DumpNote note =
            new DumpNote(watch.health(), node::vitals, fleet == null ? () -> "" : fleet::words);
        manager.ready("serves at " + server + ", the cover is " + cover);
        tellLater(List.of(probe, look(node, cover, site != null)));
        // What is revoked or banned meanwhile is cut still.
        CompletableFuture<String> drained = leaving.drain().thenCompose(time -> leave(node, time));
        String why =
            note.await(
                signal
                    .applyToEither(leaving.removed(), removed -> removed)
                    .applyToEither(drained, left -> left));
        watch.health().ends();
        reload.close();
        drain(node, why, note);
        if (fleet != null) {
          fleet.end();
        }
        if (leaving.removed().isDone()) {
          throw new StartException(
              leaving.removed().get()
                  + ": it keeps nothing of it, and joins again with a new token");
        }
      } finally {
        vertx.close().await();
      }
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  /** The fleet whose states this node runs; null: the configuration has all. */
  private @Nullable Following following(
      Vertx vertx, StateDirectory state, MeterRegistry meters, Leaving leaving)
      throws StateException, StartException {
    String store = configuration.storeUrl();
    if (store != null) {
      return OwnFleet.start(vertx, store, configuration, state, clock, meters);
    }
    return configuration.role() == Role.PROXY
        ? FarFleet.start(
            vertx,
            state,
            configuration.cluster(),
            clock,
            configuration.limits().clockTolerance(),
            leaving)
        : null;
  }

  /** Of other secrets: whose name or key is gone is cut, all others notice nothing. */
  private Reload.Taker taker(ProxyNode node, StateDirectory state, HostPort server) {
    return new Reload.Taker() {
      private long revision = FIRST_REVISION;

      @Override
      public void take(List<NamedSecret> secrets) {
        revision++;
        node.apply(new FleetState(revision, secrets));
        try {
          Access.write(Access.fileIn(state.path()), Access.of(server, secrets));
        } catch (StateException e) {
          LOG.warn("{}", e.getMessage());
        }
      }

      @Override
      public void tell(String how) {
        manager.status("serves at " + server + "; " + how);
      }
    };
  }

  private HostPort cover(@Nullable OwnSite site, List<NamedSecret> secrets) {
    if (configuration.cover() != null) {
      return configuration.cover();
    }
    if (secrets.isEmpty()) {
      return site == null
          ? TrialCover.SITE
          : new HostPort(site.identity().host().orElseThrow(), TrialCover.SITE.port());
    }
    // With a store there is a cover or a site, and without both the secrets have one host name.
    return new HostPort(secrets.getFirst().secret().host(), TrialCover.SITE.port());
  }

  private static List<NamedSecret> own(StateDirectory state, HostPort cover) throws StateException {
    byte[] key = OwnKey.of(state, new SecureRandom());
    return List.of(new NamedSecret("own", Secret.of(key, cover.host())));
  }

  private List<String> probe(HostPort cover, List<NamedSecret> secrets, List<Entrance> listen) {
    return CoverProbe.oddities(
        cover,
        secrets.isEmpty() ? cover.host() : secrets.getFirst().secret().host(),
        listen.stream().map(Entrance::address).toList(),
        configuration.coverBeginning(),
        clock,
        configuration.limits().clockTolerance());
  }

  private List<String> probe(OwnSite site, List<NamedSecret> secrets) {
    return SiteProbe.oddities(
        site.options().certificate(),
        site.identity(),
        secrets.stream().map(named -> named.secret().host()).distinct().toList(),
        configuration.publicHost(),
        clock.instant());
  }

  /** On a thread of its own: name service and network take their time, the start doesn't. */
  private static CompletableFuture<List<String>> aside(Supplier<List<String>> probe) {
    return CompletableFuture.supplyAsync(
        probe, work -> Thread.ofPlatform().daemon().name("cover-probe").start(work));
  }

  private Vertx vertx(Watch watch) {
    VertxOptions options =
        new VertxOptions()
            // Connections live on bare descriptors, which only epoll loops can watch.
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(configuration.loops())
            .setWorkerPoolSize(WORKERS)
            .setInternalBlockingPoolSize(WORKERS);
    return watch.builder(options).build();
  }

  private ProxyNode start(
      Vertx vertx,
      StateDirectory state,
      HostPort cover,
      List<Entrance> listen,
      FleetState begin,
      @Nullable FleetHellos hellos,
      MeterRegistry meters)
      throws StartException {
    OwnSite site = configuration.site();
    ProxyOptions.Limits limits = configuration.limits();
    ProxyOptions options =
        new ProxyOptions(
            listen,
            configuration.lists(),
            cover,
            configuration.coverHeader(),
            site == null ? null : site.options(),
            configuration.datacenters(),
            configuration.outbound(),
            state.path(),
            configuration.loops(),
            configuration.shaping(),
            limits.withConnections(
                OpenFiles.served(limits.connections(), configuration.loops(), others())),
            ProxyOptions.SCOUT_EVERY,
            configuration.rule(),
            configuration.probeEvery());
    try {
      return ProxyNode.start(vertx, options, begin, hellos, clock, meters).await();
    } catch (Exception e) {
      throw new StartException("the node can't start", e);
    }
  }

  private OpenFiles.Others others() {
    boolean control = configuration.storeUrl() != null;
    return new OpenFiles.Others(
        configuration.site() != null,
        control && configuration.web() != null,
        control && configuration.nodes() != null);
  }

  /** Where clients come: not to a listener that routers alone may use. */
  private HostPort publicAddress(List<Entrance> listen) {
    Optional<HostPort> open =
        listen.stream()
            .filter(entrance -> entrance.routers().isEmpty())
            .map(Entrance::address)
            .findFirst();
    HostPort first = open.orElse(listen.getFirst().address());
    String host = configuration.publicHost();
    if (host == null) {
      host = open.isEmpty() || Listeners.isWildcard(first.host()) ? defaultRoute() : first.host();
      PublicHost.unreachable(host).ifPresent(oddities::add);
    }
    Integer port = configuration.publicPort();
    return new HostPort(host, port == null ? first.port() : port);
  }

  private static String defaultRoute() {
    return PublicHost.ofDefaultRoute().orElse("127.0.0.1");
  }

  /** Of its own site's certificate the node has read all that a look at it could tell. */
  private static CompletableFuture<List<String>> look(ProxyNode node, HostPort cover, boolean own) {
    return node.firstLook()
        .map(
            troubles ->
                troubles.stream()
                    .filter(trouble -> !(own && trouble.kind() == Trouble.Kind.CERTIFICATE))
                    .map(trouble -> trouble.of(cover))
                    .toList())
        .toCompletionStage()
        .toCompletableFuture();
  }

  /** What two of them say in the same words is said once. */
  private void tellLater(List<CompletableFuture<List<String>>> news) {
    Set<String> told = ConcurrentHashMap.newKeySet();
    told.addAll(oddities);
    Consumer<String> tell =
        Terminal.isThere() ? oddity -> System.out.print(Screen.line(oddity)) : LOG::warn;
    for (CompletableFuture<List<String>> each : news) {
      each.exceptionally(e -> List.of("the cover couldn't be looked at: " + e.getMessage()))
          .thenAccept(found -> found.stream().filter(told::add).forEach(tell));
    }
  }

  private static void show(Screen screen) {
    LOG.info(
        "listening on {}, cover {}, secrets: {}",
        screen.listening(),
        screen.cover(),
        screen.access().size());
    if (Terminal.isThere()) {
      System.out.print(screen.text());
      System.out.flush();
      return;
    }
    LOG.info("links are in {}", Access.fileIn(screen.state()));
    if (screen.trial()) {
      LOG.warn("the cover is {} ({})", screen.cover(), Screen.TRIAL);
    }
    screen.oddities().forEach(LOG::warn);
  }

  /** Longer than after a signal: nobody waits for the process to end. */
  private CompletableFuture<String> leave(ProxyNode node, Duration longest) {
    manager.status("drained: who comes meets the cover");
    LOG.info(
        "drained: who comes meets the cover, {} clients may finish for {} s",
        node.clients(),
        longest.toSeconds());
    return node.leave(longest)
        .map(over -> "drained, " + node.clients() + " clients left")
        .toCompletionStage()
        .toCompletableFuture();
  }

  private void drain(ProxyNode node, String signal, DumpNote note)
      throws InterruptedException, ExecutionException {
    Duration longest = configuration.limits().drain();
    manager.stopping(
        "no more connections, " + node.connections() + " may finish", longest.plus(TO_END));
    LOG.info(
        "{}: no more connections, those that are may finish for {} s; a second signal ends them",
        signal,
        longest.toSeconds());
    int cut = note.await(node.drain().toCompletionStage().toCompletableFuture());
    LOG.info("stopped, {} connections cut", cut);
  }
}
