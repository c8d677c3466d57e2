package io.doppelfleet.proxy;

import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.dial.Upstreams;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.list.FollowedList;
import io.doppelfleet.proxy.list.Lists;
import io.doppelfleet.proxy.listen.Admission;
import io.doppelfleet.proxy.listen.Networks;
import io.doppelfleet.proxy.listen.Pressure;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.doppelfleet.proxy.probe.Tally;
import io.doppelfleet.proxy.relay.Books;
import io.doppelfleet.proxy.relay.Link;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.rule.RuleBans;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node counts, under the names that the metrics page shows. Labels have few values: loops,
 * upstreams, Telegram's data centres and the words of this code. Nothing is counted by secret or
 * address here.
 */
final class NodeMeters {
  private static final String FAILURES = "doppelfleet.phase.failures";
  private static final String FAILURES_ARE =
      "Connections that went no further, or to the cover, by phase and reason";

  private static final String CONNECTIONS = "doppelfleet.connections";
  private static final String CONNECTIONS_ARE = "Connections open now, by whose they are";

  /** Those that alerts ask for are there before the first: a rise from nothing isn't seen. */
  private static final List<String> AT_ONCE = List.of("stale", "replay", "replay from elsewhere");

  /** Too many from one network. */
  private static final String NETWORK_LIMIT = "network limit";

  /** Strangers that were turned away, as connections or memory are short. */
  private static final String NO_ROOM = "no room";

  /** Those of a network that has too many. */
  private static final String CROWD = "crowd";

  final AtomicInteger undecided = new AtomicInteger();
  final DatacenterDials dials = new DatacenterDials();
  private final MeterRegistry registry;

  /** To look one up in the registry takes tags, which are garbage. */
  private final Map<Failure, Counter> failures = new ConcurrentHashMap<>();

  /** Of a flood each connection is one, so these are not looked for each time. */
  private final Counter crowded;

  private final Counter wentShort;
  private final Counter wentShortOfCrowd;

  NodeMeters(
      MeterRegistry registry,
      Admission admission,
      Networks networks,
      OwnConnections own,
      PairTable.Accounts accounts,
      SecretSearch secrets,
      Lists lists,
      ReplayWindow replays,
      @Nullable FleetHellos fleet,
      Cover cover,
      @Nullable Upstreams upstreams) {
    this.registry = registry;
    FunctionCounter.builder("doppelfleet.accepted", admission, Admission::accepted)
        .description("Connections accepted")
        .register(registry);
    FunctionCounter.builder("doppelfleet.accept.held", admission, Admission::held)
        .description("Times that accepting paused, for too many connections or too little memory")
        .register(registry);
    Gauge.builder("doppelfleet.connections.limit", admission, Admission::limit)
        .description("Connections at once, of all kinds; when as many are open, accepting pauses")
        .register(registry);
    Gauge.builder("doppelfleet.network.connections.limit", networks, Networks::most)
        .description("Connections at once from one IPv4 address or IPv6 /48; more are reset")
        .register(registry);
    Gauge.builder("doppelfleet.searches.waiting", secrets, SecretSearch::waiting)
        .description("Hellos of one of many secrets that wait for a worker to find which; of 4096")
        .register(registry);
    FunctionCounter.builder("doppelfleet.replays.forgotten", replays, ReplayWindow::crowdedOut)
        .description("Hellos forgotten that may not be stale yet: proxy.limits.replays is too low")
        .register(registry);
    if (fleet != null) {
      fleet(fleet);
    }
    if (upstreams != null) {
      upstreams.all().forEach(this::upstream);
    }
    lists.all().forEach(this::list);
    connections("undecided", undecided);
    connections("client", accounts.clients());
    connections("stranger", accounts.strangers());
    Gauge.builder(CONNECTIONS, () -> coming(admission, accounts, own))
        .description(CONNECTIONS_ARE)
        .tag("kind", "coming")
        .register(registry);
    AT_ONCE.forEach(reason -> failures("greeting", reason));
    crowded = failures("accept", NETWORK_LIMIT);
    wentShort = failures("cover", NO_ROOM);
    wentShortOfCrowd = failures("cover", CROWD);
    bytes("client", "up", accounts.up());
    bytes("client", "down", accounts.down());
    bytes("stranger", "up", accounts.strangersUp());
    bytes("stranger", "down", accounts.strangersDown());
    Gauge.builder("doppelfleet.waiting.pair.most", accounts.mostWaiting(), LongAccumulator::get)
        .description("The most that ever waited in the process for one connection, both ways")
        .baseUnit("bytes")
        .register(registry);
    cut("bad record", accounts.misspoken());
    cut("idle", accounts.idled());
    cut("secret gone", accounts.revoked());
    cut("banned", accounts.banned());
    cut("listed", accounts.listed());
    cut("bytes spent", accounts.spent());
    Gauge.builder("doppelfleet.cover.down", cover, site -> site.isDown() ? 1 : 0)
        .description("1 where the last attempt to connect to the cover failed, else 0")
        .register(registry);
    dials.all().forEach(this::datacenter);
    Gauge.builder("doppelfleet.buffers", () -> Buffers.POOLED.metric().usedDirectMemory())
        .description("Memory of the pool of buffers")
        .baseUnit("bytes")
        .register(registry);
  }

  private void datacenter(DatacenterDials.Dials dials) {
    FunctionTimer.builder(
            "doppelfleet.datacenter.dial",
            dials,
            DatacenterDials.Dials::connected,
            DatacenterDials.Dials::seconds,
            TimeUnit.SECONDS)
        .description("Clients' dials that a data centre answered, from when the client asked")
        .tag("datacenter", dials.name())
        .register(registry);
    FunctionCounter.builder(
            "doppelfleet.datacenter.dial.failures", dials, DatacenterDials.Dials::failures)
        .description("Clients' dials that a data centre didn't answer, by any way")
        .tag("datacenter", dials.name())
        .register(registry);
  }

  /** What becomes of the node's own clients. */
  void probes(SelfProbe probe) {
    for (Tally tally : probe.tallies()) {
      String datacenter = Integer.toString(tally.datacenter());
      FunctionTimer.builder(
              "doppelfleet.probe", tally, Tally::succeeded, Tally::seconds, TimeUnit.SECONDS)
          .description("Times that the node, as a client of itself, was answered by a data centre")
          .tag("datacenter", datacenter)
          .register(registry);
      FunctionCounter.builder("doppelfleet.probe.failures", tally, Tally::failed)
          .description("Times that the node, as a client of itself, was not answered")
          .tag("datacenter", datacenter)
          .register(registry);
      Gauge.builder("doppelfleet.probe.failing", tally, each -> each.isFailing() ? 1 : 0)
          .description("1 where that failed three times in a row or more, else 0")
          .tag("datacenter", datacenter)
          .register(registry);
    }
  }

  private void list(FollowedList list) {
    Gauge.builder("doppelfleet.list.prefixes", list, FollowedList::prefixes)
        .description("Prefixes of a list, without those that are in others of it")
        .tag("list", list.name())
        .register(registry);
    Gauge.builder("doppelfleet.list.age", list, FollowedList::age)
        .description(
            "Time since a list was last known to be what its file or URL has, or since the start")
        .baseUnit("seconds")
        .tag("list", list.name())
        .register(registry);
    Gauge.builder("doppelfleet.list.last.failure.timestamp", list, FollowedList::lastFailure)
        .description("When a list last couldn't be had or kept, or was refused; 0: never")
        .baseUnit("seconds")
        .tag("list", list.name())
        .register(registry);
    FunctionCounter.builder("doppelfleet.list.failures", list, FollowedList::failures)
        .description("Times that a list couldn't be had or kept, or was refused")
        .tag("list", list.name())
        .register(registry);
    FunctionCounter.builder("doppelfleet.list.hits", list, FollowedList::hits)
        .description("Clients that met the cover, or were cut, for a list")
        .tag("list", list.name())
        .register(registry);
  }

  private void upstream(Upstreams.Health health) {
    String name = health.upstream().name();
    Gauge.builder("doppelfleet.upstream.down", health, each -> each.isDown() ? 1 : 0)
        .description("1 where an upstream is passed over because it fails, else 0")
        .tag("upstream", name)
        .register(registry);
    FunctionCounter.builder("doppelfleet.upstream.failures", health, Upstreams.Health::failures)
        .description("Clients' dials that an upstream failed, whoever served them then")
        .tag("upstream", name)
        .register(registry);
  }

  private void fleet(FleetHellos hellos) {
    FunctionCounter.builder("doppelfleet.replays.heard", hellos, FleetHellos::heard)
        .description("Hellos that the fleet has met, as this node was told")
        .register(registry);
    FunctionCounter.builder("doppelfleet.replays.untold", hellos, FleetHellos::untold)
        .description("Hellos of this node that others weren't told of, for there were too many")
        .register(registry);
    FunctionCounter.builder("doppelfleet.replays.heard.forgotten", hellos, FleetHellos::forgotten)
        .description("Hellos of the fleet forgotten that may not be stale yet: there were too many")
        .register(registry);
  }

  /** Clients that were cut, by reason. */
  private void cut(String reason, LongAdder count) {
    FunctionCounter.builder(FAILURES, count, LongAdder::sum)
        .description(FAILURES_ARE)
        .tag("phase", "relay")
        .tag("reason", reason)
        .register(registry);
  }

  /** A connection left its life's way in a phase. */
  void failed(String phase, String reason) {
    failures(phase, reason).increment();
  }

  private Counter failures(String phase, String reason) {
    return failures.computeIfAbsent(new Failure(phase, reason), this::register);
  }

  private Counter register(Failure failure) {
    return Counter.builder(FAILURES)
        .description(FAILURES_ARE)
        .tag("phase", failure.phase)
        .tag("reason", failure.reason)
        .register(registry);
  }

  /** Where and why a connection left its life's way; of each there are few. */
  private record Failure(String phase, String reason) {}

  /** There are too many from where it comes. */
  void crowded() {
    crowded.increment();
  }

  /** A stranger found no room, or none for its network's. */
  void wentShort(boolean ofCrowd) {
    (ofCrowd ? wentShortOfCrowd : wentShort).increment();
  }

  /** How often reads wait for rates. */
  void rates(Books books, @Nullable Link link) {
    waits("secret", books, Books::waited);
    if (link != null) {
      waits("node", link, Link::waited);
    }
  }

  /** How often a control isn't told at once of all that secrets use of their limits. */
  void limits(Books books) {
    FunctionCounter.builder("doppelfleet.limits.deferred", books, Books::deferred)
        .description("Times that a secret's limits had no room in a question, and waited for one")
        .register(registry);
  }

  private <T> void waits(String of, T counted, ToDoubleFunction<T> count) {
    FunctionCounter.builder("doppelfleet.rate.waits", counted, count)
        .description("Reads that waited, for a secret's rate or for the node's")
        .tag("of", of)
        .register(registry);
  }

  /** Who goes short. */
  void pressure(Pressure pressure) {
    pressure("connections", pressure, Pressure::ofConnections);
    pressure("memory", pressure, Pressure::ofMemory);
  }

  private void pressure(String of, Pressure pressure, ToDoubleFunction<Pressure> degree) {
    Gauge.builder("doppelfleet.pressure", pressure, degree)
        .description(
            "What is short: 0 where nobody goes short, 1: new strangers do, 2: all new ones")
        .tag("of", of)
        .register(registry);
  }

  /** How soon each data centre answers a node that probes them. */
  void probes(Datacenters datacenters) {
    for (int number : Datacenters.numbers()) {
      Gauge.builder("doppelfleet.datacenter.probe", datacenters, all -> all.probed(number))
          .description("Time of the best address that answered the last probe; NaN: none did")
          .baseUnit("seconds")
          .tag("datacenter", Integer.toString(number))
          .register(registry);
    }
  }

  /** Whether the node takes clients. */
  void draining(BooleanSupplier draining) {
    Gauge.builder("doppelfleet.draining", () -> draining.getAsBoolean() ? 1 : 0)
        .description("1 where the node takes no more clients, for its fleet drains it, else 0")
        .register(registry);
  }

  /** Whom rules ban, and whom they don't; nothing where there is none. */
  void rules(RuleBans rules) {
    if (!rules.isOn()) {
      return;
    }
    Gauge.builder("doppelfleet.rule.bans", rules, RuleBans::count)
        .description("Addresses that are banned by rules now, this node's and the fleet's")
        .register(registry);
    FunctionCounter.builder("doppelfleet.rule.spared", rules, RuleBans::spared)
        .description(
            "Times that a rule spared an address, for clients came from there or are there")
        .register(registry);
    FunctionCounter.builder("doppelfleet.rule.clients.forgotten", rules, RuleBans::forgotten)
        .description("Clients' addresses that rules spare no more, for there were too many")
        .register(registry);
  }

  /** The lag, the waiting bytes and the waiting clients of one event loop. */
  void loop(int number, LoopLag lag, Supplier<Number> waiting, Supplier<Number> dials) {
    Gauge.builder("doppelfleet.loop.lag", lag, LoopLag::worstSeconds)
        .description("Longest delay of an event loop's clock in the last minute")
        .baseUnit("seconds")
        .tag("loop", Integer.toString(number))
        .register(registry);
    Gauge.builder("doppelfleet.dials.waiting", dials)
        .description("Clients that wait for their turn to be connected to their data centre")
        .tag("loop", Integer.toString(number))
        .register(registry);
    Gauge.builder("doppelfleet.waiting", waiting)
        .description("Bytes that wait in the process for readers")
        .baseUnit("bytes")
        .tag("loop", Integer.toString(number))
        .register(registry);
  }

  /** Clients from the verdict to the pair, 0 or more: the numbers are read one after the other. */
  int coming(Admission admission, PairTable.Accounts accounts, OwnConnections own) {
    int others = accounts.clients().get() + accounts.strangers().get() + own.served();
    return Math.max(0, admission.open() - undecided.get() - others);
  }

  private void connections(String kind, AtomicInteger count) {
    Gauge.builder(CONNECTIONS, count, AtomicInteger::get)
        .description(CONNECTIONS_ARE)
        .tag("kind", kind)
        .register(registry);
  }

  private void bytes(String kind, String direction, LongAdder sum) {
    FunctionCounter.builder("doppelfleet.relayed", sum, LongAdder::sum)
        .description("Bytes relayed: of clients without record headers, of strangers as they are")
        .baseUnit("bytes")
        .tag("kind", kind)
        .tag("direction", direction)
        .register(registry);
  }
}
