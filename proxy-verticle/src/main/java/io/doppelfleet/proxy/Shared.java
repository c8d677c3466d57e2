package io.doppelfleet.proxy;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.cover.Cover;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.dial.Upstreams;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.greeting.Freshness;
import io.doppelfleet.proxy.greeting.OtherNodes;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.greeting.ReplayWindow;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.list.Lists;
import io.doppelfleet.proxy.listen.Admission;
import io.doppelfleet.proxy.listen.Networks;
import io.doppelfleet.proxy.listen.Pressure;
import io.doppelfleet.proxy.relay.Link;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Standing;
import io.doppelfleet.proxy.rule.RuleBans;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What the event loops of a node have in common; all of it may be used from any of them.
 *
 * @param options how the node proxies
 * @param secrets finds a hello's secret
 * @param lists knows whom the operator's lists have
 * @param replays knows the hellos of before
 * @param others knows those of the fleet's other nodes
 * @param rules knows whom the rules ban
 * @param freshness knows whether a hello is of now
 * @param datacenters knows where they are
 * @param upstreams knows by whom they are reached; null: by nobody
 * @param cover knows where it is
 * @param doppel knows what it looks like
 * @param own lets the node itself in
 * @param admission counts connections
 * @param networks counts them by where they come from
 * @param pressure knows who goes short
 * @param link is shared fairly; null: the node has no rate
 * @param accounts counts bytes and pairs
 * @param meters shows it all
 * @param clock wall clock
 */
record Shared(
    ProxyOptions options,
    SecretSearch secrets,
    Lists lists,
    ReplayWindow replays,
    OtherNodes others,
    RuleBans rules,
    Freshness freshness,
    Datacenters datacenters,
    @Nullable Upstreams upstreams,
    Cover cover,
    Doppel doppel,
    OwnConnections own,
    Admission admission,
    Networks networks,
    Pressure pressure,
    @Nullable Link link,
    PairTable.Accounts accounts,
    NodeMeters meters,
    Clock clock) {
  /** What is to be said now of a client that was let in, but for lists. Rules ban nobody there. */
  Standing standing(NamedSecret secret, long high, long low) {
    Standing standing = secrets.standing(secret, high, low);
    if (standing == Standing.SERVED) {
      rules.clientIsThere(high, low);
    }
    return standing;
  }
}
