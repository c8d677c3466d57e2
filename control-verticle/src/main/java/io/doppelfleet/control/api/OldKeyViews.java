package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.node.OldKeyUse;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetSecret;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** How many connections secrets have by keys that aren't the newest, where that is known. */
final class OldKeyViews {
  private final OldKeyUse use;
  private final Map<String, Long> since;

  private OldKeyViews(OldKeyUse use, Map<String, Long> since) {
    this.use = use;
    this.since = since;
  }

  /** Of these secrets. */
  static OldKeyViews of(List<FleetSecret> secrets, Store store, Nodes nodes) throws StoreException {
    List<String> rotated =
        secrets.stream().filter(OldKeyViews::hasSeveral).map(FleetSecret::name).toList();
    // What a secret was limited to since makes it later than it was rotated: that is no harm.
    Map<String, Long> since = rotated.isEmpty() ? Map.of() : store.since(rotated);
    return new OldKeyViews(nodes.oldKeyUse(), since);
  }

  private static boolean hasSeveral(FleetSecret secret) {
    return secret.keys().size() > 1;
  }

  /** Adds it to what is told of a secret. */
  JsonObject addTo(JsonObject view, FleetSecret secret) {
    Long from = since.get(secret.name());
    if (hasSeveral(secret) && from != null) { // or it went meanwhile
      use.connections(secret.name(), from).ifPresent(count -> view.put("oldKeyConnections", count));
    }
    return view;
  }
}
