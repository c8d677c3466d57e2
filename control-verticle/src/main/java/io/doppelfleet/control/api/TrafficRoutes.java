package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Moved;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.control.store.TrafficPeriod;
import io.doppelfleet.fleet.FleetState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What has passed, in all and by hour or day. */
final class TrafficRoutes {
  /** The end of all times that ISO 8601 writes with four digits of the year. */
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  private final Store store;
  private final Nodes nodes;

  TrafficRoutes(Store store, Nodes nodes) {
    this.store = store;
    this.nodes = nodes;
  }

  void addTo(Api api) {
    api.add("getTraffic", this::ofAll);
    api.add("getSecretTraffic", this::ofOne);
  }

  private Answer ofAll(Call call) throws StoreException {
    Totals totals = Totals.of(null, store, nodes);
    JsonObject json = new JsonObject().put("total", totals.json());
    json.put("secrets", named(totals.bySecret()));
    return Answer.of(0, rest(json, call, totals, null));
  }

  /** A secret that is gone is shown as long as anything is known of it. */
  private Answer ofOne(Call call) throws Problem, StoreException {
    String name = call.text("name");
    Totals totals = Totals.of(List.of(name), store, nodes);
    if (totals.isEmpty() && !isPresent(store.latest(), name)) {
      throw Problem.of(404, "there is no secret \"" + name + "\", and nothing is known of one");
    }
    JsonObject json = new JsonObject().put("name", name).put("total", totals.json());
    return Answer.of(0, rest(json, call, totals, name));
  }

  private static boolean isPresent(FleetState state, String name) {
    return state.secrets().stream().anyMatch(secret -> secret.name().equals(name));
  }

  private JsonObject rest(JsonObject json, Call call, Totals totals, @Nullable String secret)
      throws StoreException {
    TrafficPeriod.Unit unit = TrafficPeriod.Unit.valueOf(call.text("by").toUpperCase(Locale.ROOT));
    Instant before = call.time("before", NEVER);
    int most = (int) call.number("limit");
    return json.put("nodes", named(totals.byNode()))
        .put("by", unit.name().toLowerCase(Locale.ROOT))
        .put("periods", periods(store.traffic().periods(secret, unit, before, most), totals));
  }

  private static JsonArray named(Map<String, JsonObject> sums) {
    return named(sums, sum -> sum);
  }

  private static <T> JsonArray named(Map<String, T> each, Function<T, JsonObject> form) {
    JsonArray all = new JsonArray();
    each.forEach(
        (name, value) -> all.add(new JsonObject().put("name", name).mergeIn(form.apply(value))));
    return all;
  }

  /** Each with what its nodes have moved. */
  private static JsonArray periods(List<TrafficPeriod> rows, Totals totals) {
    JsonArray all = new JsonArray();
    for (int i = 0; i < rows.size(); ) {
      Instant from = rows.get(i).from();
      Moved sum = Moved.NONE;
      Map<String, Moved> nodes = new TreeMap<>();
      for (; i < rows.size() && rows.get(i).from().equals(from); i++) {
        TrafficPeriod row = rows.get(i);
        sum = sum.plus(row.moved());
        nodes.merge(totals.nameOf(row.node()), row.moved(), Moved::plus);
      }
      all.add(
          new JsonObject()
              .put("from", from.toString())
              .mergeIn(Totals.json(sum))
              .put("nodes", named(nodes, Totals::json)));
    }
    return all;
  }
}
