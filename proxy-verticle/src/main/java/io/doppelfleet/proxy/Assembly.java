package io.doppelfleet.proxy;

import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.dial.Upstreams;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.greeting.Freshness;
import io.doppelfleet.proxy.greeting.OtherNodes;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.listen.Admission;
import io.doppelfleet.proxy.listen.Descriptors;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.listen.Networks;
import io.doppelfleet.proxy.listen.Pressure;
import io.doppelfleet.proxy.relay.Link;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.replay.FleetHellos;
import io.doppelfleet.proxy.rule.RuleBans;
import io.doppelfleet.proxy.site.Site;
import io.doppelfleet.proxy.site.SiteOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts together what a node's event loops have in common, from what it is started with. */
final class Assembly {
  private static final int HTTPS = 443;

  private final Vertx vertx;
  private final ProxyOptions options;
  private final FleetState state;
  private final @Nullable FleetHellos fleet;
  private final Clock clock;
  private final MeterRegistry meters;
  private final HostPort site;
  private final long allowed;
  private final OwnConnections itself = new OwnConnections(new SecureRandom());
  private final Admission admission;

  private Assembly(
      Vertx vertx,
      ProxyOptions options,
      FleetState state,
      @Nullable FleetHellos fleet,
      Clock clock,
      MeterRegistry meters,
      HostPort site,
      long allowed,
      int most) {
    this.vertx = vertx;
    this.options = options;
    this.state = state;
    this.fleet = fleet;
    this.clock = clock;
    this.meters = meters;
    this.site = site;
    this.allowed = allowed;
    this.admission =
        new Admission(Math.min(most, options.limits().connections()), options.loops(), itself::has);
  }

  /**
   * With the parameters of {@link ProxyNode#start}.
   *
   * @throws IOException where such a node can't be; its message says what would be right
   */
  static Assembly of(
      Vertx vertx,
      ProxyOptions options,
      FleetState state,
      @Nullable FleetHellos fleet,
      Clock clock,
      MeterRegistry meters)
      throws IOException {
    HostPort site = site(options, state);
    SiteOptions own = options.site();
    long allowed = Descriptors.allowed();
    long descriptors = own == null ? allowed : allowed - Site.descriptors(allowed);
    int most = Descriptors.connections(descriptors, options.loops());
    if (most < 1) {
      throw new IOException(
          descriptors
              + " open files are allowed, and a node without connections needs "
              + Descriptors.needed(0, options.loops())
              + ": raise ulimit -n");
    }
    return new Assembly(vertx, options, state, fleet, clock, meters, site, allowed, most);
  }

  private static HostPort site(ProxyOptions options, FleetState state) throws IOException {
    HostPort cover = options.cover();
    if (cover != null) {
      return cover;
    }
    List<String> hosts = hosts(state);
    if (hosts.size() != 1) {
      throw new IOException(
          "the secrets name "
              + hosts.size()
              + " hosts: set proxy.cover to the one site that strangers are to see");
    }
    return new HostPort(hosts.getFirst(), HTTPS);
  }

  /** The host names of all secrets. */
  static List<String> hosts(FleetState state) {
    return state.secrets().stream().map(FleetSecret::host).distinct().toList();
  }

  /** What it has open besides its listeners. Blocks. */
  Held open() throws IOException {
    return Held.open(options, site, clock, allowed);
  }

  /** All of it, by a time of the clock. */
  Shared shared(Held held, Instant now) {
    Cover cover =
        held.site()
            .map(own -> new Cover(site, at(own.address()), null))
            .orElseGet(() -> new Cover(site, site, options.coverHeader()));
    PairTable.Accounts accounts = new PairTable.Accounts();
    accounts.books().limit(state);
    Upstreams upstreams =
        options.outbound().upstreams().isEmpty()
            ? null
            : new Upstreams(options.outbound().upstreams(), System::nanoTime);
    SecretSearch secrets = new SecretSearch(vertx, state, now, options.limits().drain());
    held.lists().besides(secrets::listBytes);
    Networks networks =
        new Networks(
            options.limits().connectionsPerNetwork(),
            ProxyOptions.Limits.strangersPerNetwork(admission.limit()),
            admission.limit(),
            new SecureRandom().nextLong());
    NodeMeters counters =
        new NodeMeters(
            meters,
            admission,
            networks,
            itself,
            accounts,
            secrets,
            held.lists(),
            held.replays(),
            fleet,
            cover,
            upstreams);
    Link link = Link.of(options.limits().rate(), options.loops());
    counters.rates(accounts.books(), link);
    counters.limits(accounts.books());
    Pressure pressure = new Pressure(admission, accounts.strangers()::get, counters.undecided::get);
    counters.pressure(pressure);
    return new Shared(
        options,
        secrets,
        held.lists(),
        held.replays(),
        fleet == null ? OtherNodes.NONE : fleet,
        new RuleBans(options.rule(), Entrance.routers(options.listen()), new SecureRandom()),
        new Freshness(clock, options.limits().clockTolerance()),
        new Datacenters(options.datacenters(), options.outbound().prefer()),
        upstreams,
        cover,
        new Doppel(held.profile()),
        itself,
        admission,
        networks,
        pressure,
        link,
        accounts,
        counters,
        clock);
  }

  private static HostPort at(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort());
  }
}
