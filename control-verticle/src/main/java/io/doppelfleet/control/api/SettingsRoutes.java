package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.Settings;
import java.time.Duration;

/** What holds for each secret that has nothing of its own. */
final class SettingsRoutes {
  private final Store store;
  private final Changes changes;

  SettingsRoutes(Store store, Changes changes) {
    this.store = store;
    this.changes = changes;
  }

  void addTo(Api api) {
    api.add("getSettings", call -> answer(store.latest()));
    api.add("changeSettings", this::change);
  }

  private Answer change(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    Settings settings =
        new Settings(LimitsBody.within(body, "limits"), Duration.ofSeconds(body.number("overlap")));
    return answer(changes.make(call, "changed the settings", present -> present.with(settings)));
  }

  private static Answer answer(FleetState state) {
    return Answer.of(state.revision(), Views.of(state.settings()));
  }
}
