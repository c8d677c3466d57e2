package io.doppelfleet.control;

import io.doppelfleet.control.api.Dashboard;
import io.doppelfleet.control.api.Fleet;
import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Hellos;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.Ledger;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.peer.NodesHere;
import io.doppelfleet.control.peer.Peers;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.fleet.Sender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a control and others of its fleet tell each other: nodes are told of the store, what they
 * say is brought together, and where the store has other controls these hear of both.
 */
final class Talk {
  private final Vertx vertx;
  private final ControlOptions options;
  private final Store store;
  private final int number;
  private final Feed feed;
  private final Nodes nodes;
  private final Leases leases;
  private final Ledger ledger;
  private final LimitShares shares;

  /** Null: the store can have no other control. */
  private final @Nullable Peers peers;

  /** Null: there is no other node to tell. */
  private final @Nullable Hellos hellos;

  private Talk(
      Vertx vertx,
      ControlOptions options,
      Store store,
      int number,
      Sender sender,
      Instant begun,
      Feed feed,
      RandomGenerator random,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.options = options;
    this.store = store;
    this.number = number;
    this.feed = feed;
    nodes = new Nodes(vertx, System::nanoTime);
    leases = new Leases(vertx, sender, nodes::present, System::nanoTime, meters);
    ledger = new Ledger(vertx, store, sender, options.retention());
    LinkOptions elsewhere = options.nodes();
    peers =
        store.controls().areSeveral()
            ? new Peers(
                vertx,
                store.calls(),
                number,
                begun,
                elsewhere == null ? null : elsewhere.reachable(),
                nodes,
                leases,
                random,
                meters)
            : null;
    shares =
        new LimitShares(
            vertx,
            sender,
            feed::present,
            () -> nodes.present().size(),
            peers,
            System::nanoTime,
            meters);
    hellos =
        peers != null || elsewhere != null
            ? new Hellos(
                vertx, sender, peers == null ? (node, token, late) -> {} : peers, random, meters)
            : null;
    Gauge.builder("doppelfleet.control.nodes", nodes::here)
        .description("Nodes that report to this control")
        .register(meters);
    Gauge.builder("doppelfleet.control.store.down", () -> feed.isStoreThere() ? 0 : 1)
        .description("1 where this control's store didn't answer last, and nodes hear no change")
        .register(meters);
  }

  /**
   * Begins it with nodes. Fails where the store is away.
   *
   * @param number of this control among those of the store
   * @param worker may be blocked by the store
   * @param random must be unpredictable
   */
  static Future<Talk> start(
      Vertx vertx,
      ControlOptions options,
      Store store,
      int number,
      WorkerExecutor worker,
      Clock clock,
      RandomGenerator random,
      MeterRegistry meters) {
    Instant begun = clock.instant();
    Sender sender = new Sender("control", begun);
    return Feed.start(vertx, store, sender, worker)
        .map(feed -> new Talk(vertx, options, store, number, sender, begun, feed, random, meters));
  }

  /** Whether each node is told of hellos, for there are others, or may be. */
  boolean tellsHellos() {
    return hellos != null;
  }

  /** A node belongs to the fleet no more. */
  void forget(Member removed) {
    leases.forget(removed.sender());
    shares.forget(removed.sender());
  }

  /**
   * Begins it with other controls, where there may be some.
   *
   * @param links of nodes elsewhere; null: none may come in
   * @return what the API tells of and changes
   */
  Fleet withOthers(@Nullable Links links, Dashboard dashboard) {
    String own = Sender.ownNode(number);
    NodesHere here = new NodesHere(vertx, own, links);
    if (peers != null && hellos != null) {
      peers.begin(hellos, here, shares);
      store.listen(() -> othersWrote(links), peers::heard);
    }
    return new Fleet(
        store,
        feed,
        nodes,
        leases,
        shares,
        links,
        options.besideNode() ? own : null,
        here,
        peers,
        dashboard);
  }

  /** On the store's own thread. */
  private void othersWrote(@Nullable Links links) {
    feed.lookSoon();
    if (links != null) {
      links.lookSoon();
    }
  }

  /** Ends it. Limits first: other controls are told then that this one divides them no more. */
  Future<?> close() {
    return (peers == null ? Future.succeededFuture() : peers.close()) // with shares, in its time
        .transform(ended -> shares.close())
        .transform(ended -> hellos == null ? Future.succeededFuture() : hellos.close())
        .transform(ended -> leases.close())
        .transform(ended -> feed.close())
        .transform(ended -> nodes.close())
        .transform(ended -> ledger.close());
  }
}
