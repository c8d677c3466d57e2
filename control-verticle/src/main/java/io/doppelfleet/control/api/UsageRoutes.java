package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetSecret;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What is used of limited bytes. A call of its own: with many nodes a month has many rows of each
 * secret, which nobody waits for who wants the list of secrets alone.
 */
final class UsageRoutes {
  private final Store store;

  UsageRoutes(Store store) {
    this.store = store;
  }

  void addTo(Api api) {
    api.add("listUsage", this::list);
  }

  private Answer list(Call call) throws StoreException {
    FleetState state = store.latest();
    String search = call.textOrNull("search");
    Slice<FleetSecret> slice =
        Slice.of(
            call,
            state.secrets().stream()
                .filter(secret -> !state.limits(secret).bytes().isEmpty())
                .filter(secret -> search == null || SecretRoutes.isFound(secret, search)),
            FleetSecret::name);
    Map<String, Set<Limits.Period>> limited = new HashMap<>();
    slice
        .page()
        .forEach(secret -> limited.put(secret.name(), state.limits(secret).bytes().keySet()));
    Map<String, Map<Limits.Period, Long>> used = store.traffic().used(limited);
    JsonArray secrets = new JsonArray();
    for (FleetSecret secret : slice.page()) {
      JsonObject bytes = new JsonObject();
      used.getOrDefault(secret.name(), Map.of())
          .forEach((period, count) -> bytes.put(period.word(), count));
      secrets.add(new JsonObject().put("name", secret.name()).put("bytes", bytes));
    }
    return Answer.of(
        state.revision(),
        slice.next(new JsonObject().put("revision", state.revision()).put("secrets", secrets)));
  }
}
