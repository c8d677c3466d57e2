package io.doppelfleet.control.api;

import io.doppelfleet.control.store.FleetKey;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The key that the store is sealed under: a new one, for who runs the control. */
final class FleetKeyRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(FleetKeyRoutes.class);

  private final Store store;

  FleetKeyRoutes(Store store) {
    this.store = store;
  }

  void addTo(Api api) {
    api.add("rotateFleetKey", this::rotate);
  }

  private Answer rotate(Call call) throws StoreException {
    FleetKey key = store.rotateKey(call.edit("changed the fleet key"));
    LOG.info("{} changed the fleet key: it is {} now", call.caller().author(), key.id());
    return Answer.of(0, new JsonObject().put("key", key.id()).put("file", key.file().toString()));
  }
}
