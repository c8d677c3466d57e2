package io.doppelfleet.proxy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.greeting.FirstBytes;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.listen.Networks;
import io.doppelfleet.proxy.probe.SelfProbe;
import io.doppelfleet.proxy.rule.ReplayRule;
import io.doppelfleet.proxy.site.SiteOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node proxies.
 *
 * @param listen addresses to listen on, each once
 * @param lists who meets the cover, whatever they know
 * @param cover the site that strangers are spliced to; null means the host name of the secrets,
 *     port 443 (then all secrets must have one host name)
 * @param coverHeader what the cover is told of who comes, before all else; null: nothing
 * @param site pages that this node serves as its own cover, under the cover's name; null where the
 *     cover is elsewhere
 * @param datacenters overrides: the addresses of a data centre by its number; a negative number
 *     overrides that data centre's media cluster
 * @param outbound how they are reached
 * @param stateDirectory where the replay window is kept; exists and is writable
 * @param loops event loops to run on, to which connections are dealt out in turn
 * @param shaping how far what leaves for clients looks like the cover's
 * @param limits bounds and times
 * @param scoutEvery the mean time from one look at the cover to the next; zero: it is never looked
 *     at, and known by what the state directory has of it
 * @param rule who is banned without anybody's doing; null: nobody
 * @param probeEvery how often the node asks each data centre through itself, see {@link SelfProbe};
 *     zero: never
 */
public record ProxyOptions(
    List<Entrance> listen,
    List<ListOptions> lists,
    @Nullable HostPort cover,
    @Nullable ProxyVersion coverHeader,
    @Nullable SiteOptions site,
    Map<Integer, List<InetSocketAddress>> datacenters,
    Outbound outbound,
    Path stateDirectory,
    int loops,
    Shaping shaping,
    Limits limits,
    Duration scoutEvery,
    @Nullable ReplayRule rule,
    Duration probeEvery) {
  /**
   * Certificates live for weeks; a cover that is set up anew shall not be aped wrongly for a day.
   */
  public static final Duration SCOUT_EVERY = Duration.ofMinutes(30);

  /** Copies the collections. */
  public ProxyOptions {
    listen = List.copyOf(listen);
    lists = List.copyOf(lists);
    datacenters = Map.copyOf(datacenters);
  }

  /** Without a rule that bans anybody; it does not come to itself. */
  public ProxyOptions(
      List<Entrance> listen,
      List<ListOptions> lists,
      @Nullable HostPort cover,
      @Nullable ProxyVersion coverHeader,
      @Nullable SiteOptions site,
      Map<Integer, List<InetSocketAddress>> datacenters,
      Outbound outbound,
      Path stateDirectory,
      int loops,
      Shaping shaping,
      Limits limits,
      Duration scoutEvery) {
    this(
        listen,
        lists,
        cover,
        coverHeader,
        site,
        datacenters,
        outbound,
        stateDirectory,
        loops,
        shaping,
        limits,
        scoutEvery,
        null,
        Duration.ZERO);
  }

  /**
   * With a cover elsewhere that is told nothing, and nobody on clients' ways; it doesn't come to
   * itself.
   */
  public ProxyOptions(
      List<HostPort> listen,
      @Nullable HostPort cover,
      Map<Integer, List<InetSocketAddress>> datacenters,
      Path stateDirectory,
      int loops,
      Shaping shaping,
      Limits limits,
      Duration scoutEvery) {
    this(
        listen.stream().map(Entrance::open).toList(),
        List.of(),
        cover,
        null,
        null,
        datacenters,
        Outbound.DIRECT,
        stateDirectory,
        loops,
        shaping,
        limits,
        scoutEvery);
  }

  /** The same, but that the node asks each data centre through itself, so often on average. */
  public ProxyOptions withProbes(Duration every) {
    return new ProxyOptions(
        listen,
        lists,
        cover,
        coverHeader,
        site,
        datacenters,
        outbound,
        stateDirectory,
        loops,
        shaping,
        limits,
        scoutEvery,
        rule,
        every);
  }

  /**
   * Bounds and times of a connection's life.
   *
   * @param connections at most this many connections at once in the process, and no more than its
   *     open files suffice for; those beyond wait in the kernel's backlog
   * @param connectionsPerNetwork at most this many of them from one IPv4 address or IPv6 /48, but
   *     for those of private networks; those beyond are reset
   * @param idle a pair without a byte either way for this long is closed
   * @param clockTolerance how far a client's clock may be off, either way
   * @param dialTimeout for all attempts at one data centre together
   * @param drain how long pairs may finish after the node was told to stop, or their key has ended
   * @param waitingPerConnection bytes that may wait in the process for one connection, both ways
   * @param waitingInAll bytes that may wait in the process for all readers
   * @param replays hellos that the replay window remembers
   * @param rate bytes a second that the node may relay, both ways together, of which each secret
   *     gets its share; 0: as many as pass
   * @param silence how long a client may take from the welcome to the end of its 64 header bytes;
   *     while the cover is down also to its hello
   */
  public record Limits(
      int connections,
      int connectionsPerNetwork,
      Duration idle,
      Duration clockTolerance,
      Duration dialTimeout,
      Duration drain,
      int waitingPerConnection,
      int waitingInAll,
      int replays,
      long rate,
      Duration silence) {

    /** Connections that one phone may open at once. */
    public static final int BURST = 24;

    /** What those share who have much to read, at the least: 1 MiB. */
    private static final long SHARED = 1 << 20;

    /** nginx's client_header_timeout, after which it gives up on a client that says nothing. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /** What suits a machine with 1 GB of memory. */
    public static Limits defaults() {
      return new Limits(
          9_000,
          perNetwork(9_000),
          Duration.ofMinutes(5),
          Duration.ofSeconds(120),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          64 * 1024,
          32 * 1024 * 1024,
          100_000,
          0,
          SILENCE);
    }

    /** Of so many connections in all those of one network, unless it is said: a quarter. */
    public static int perNetwork(int connections) {
      return Math.max(leastPerNetwork(connections), connections / 4);
    }

    /**
     * The least that may be said: a burst, and what others are counted for it where all are many.
     */
    public static int leastPerNetwork(int connections) {
      return BURST + 4 * (connections / Networks.MOST_PLACES);
    }

    /** Those of one network that are no clients, once these are many. */
    public static int strangersPerNetwork(int connections) {
      return Math.max(BURST, connections / 32);
    }

    /** The same with so many connections at most, and the same part of them for a network. */
    public Limits withConnections(int most) {
      return new Limits(
          most,
          Math.max(
              leastPerNetwork(most), (int) ((long) connectionsPerNetwork * most / connections)),
          idle,
          clockTolerance,
          dialTimeout,
          drain,
          waitingPerConnection,
          waitingInAll,
          replays,
          rate,
          silence);
    }

    /**
     * The least that must be allowed to wait in all, bytes, for so many connections: the smallest
     * reads of each of them, and something to share.
     */
    public static long leastWaitingInAll(int connections) {
      return (long) connections * FirstBytes.RESERVED_READS * LoopBytes.SMALLEST_READ + SHARED;
    }
  }
}
