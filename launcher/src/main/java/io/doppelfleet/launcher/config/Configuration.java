package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyOptions.Limits;
import io.doppelfleet.proxy.dial.Outbound;
import io.doppelfleet.proxy.dns.NameServer;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.doppelfleet.proxy.list.ListOptions;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.rule.ReplayRule;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants, checked.
 *
 * @param role what this process does
 * @param state the state directory; need not exist yet
 * @param listen where to listen; empty where the operator left it to us
 * @param lists who meets the cover, whatever they know
 * @param publicHost what links say; null where the operator left it to us
 * @param publicPort what links say; null where the operator left it to us
 * @param cover the site for strangers, elsewhere; null where the operator left it to us
 * @param coverHeader what that is told of who comes; null: nothing
 * @param site the site for strangers that this node serves; null where it serves none, and never
 *     there together with a cover elsewhere
 * @param datacenters overrides by number, negative for a media cluster
 * @param outbound how they are reached
 * @param loops event loops, at least 1
 * @param shaping how far what leaves for clients looks like the cover's
 * @param probeEvery how often the node asks each data centre through itself; zero: never
 * @param limits bounds and times
 * @param rule who is banned without anybody's doing; null: nobody
 * @param secrets in the operator's order; empty where the operator left it to us, and where a
 *     control has them
 * @param storeUrl the fleet's store, which the control in this process opens; null where there is
 *     none
 * @param keepHours how long the store keeps by the hour what passed
 * @param keepDays how long it keeps it by the day
 * @param nodes where nodes elsewhere reach that control; null where none may
 * @param web where people and programs reach that control; null where nowhere but on its Unix
 *     socket
 * @param cluster where this process meets the others of its fleet on a private network; null: it
 *     doesn't
 * @param nameServers who is asked for names; none: the system
 * @param watching how others see how this process fares
 */
public record Configuration(
    Role role,
    Path state,
    List<Entrance> listen,
    List<ListOptions> lists,
    @Nullable String publicHost,
    @Nullable Integer publicPort,
    @Nullable HostPort cover,
    @Nullable ProxyVersion coverHeader,
    @Nullable OwnSite site,
    Map<Integer, List<InetSocketAddress>> datacenters,
    Outbound outbound,
    int loops,
    Shaping shaping,
    Duration probeEvery,
    Limits limits,
    @Nullable ReplayRule rule,
    List<NamedSecret> secrets,
    @Nullable String storeUrl,
    Duration keepHours,
    Duration keepDays,
    @Nullable NodesElsewhere nodes,
    @Nullable WebAddress web,
    @Nullable Cluster cluster,
    List<NameServer> nameServers,
    Watching watching) {
  /** What a connection of this process's own to the cover begins with; empty where nothing is. */
  public byte[] coverBeginning() {
    return coverHeader == null ? new byte[0] : coverHeader.own();
  }
}
