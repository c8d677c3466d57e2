package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetState;
import io.vertx.core.json.JsonObject;

/** The fleet at a glance. */
final class StatusRoutes {
  private final Store store;
  private final Nodes nodes;
  private final NodeViews views;

  StatusRoutes(Store store, Nodes nodes, NodeViews views) {
    this.store = store;
    this.nodes = nodes;
    this.views = views;
  }

  void addTo(Api api) {
    api.add("getStatus", call -> now());
  }

  /** How the fleet is. */
  Answer now() throws StoreException {
    FleetState state = store.latest();
    Totals.OfNodes totals = Totals.ofNodes(store, nodes);
    return Answer.of(
        state.revision(),
        new JsonObject()
            .put("revision", state.revision())
            .put("secrets", state.secrets().size())
            .put("bans", state.bans().size())
            .put("traffic", totals.all())
            .put("nodes", views.present(state.revision(), totals.bySender()))
            .put("away", views.away()));
  }
}
