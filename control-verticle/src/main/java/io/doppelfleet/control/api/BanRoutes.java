package io.doppelfleet.control.api;

import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Prefix;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Bans: addresses that meet the cover. */
final class BanRoutes {
  private final Store store;
  private final Changes changes;
  private final Clock clock;
  private final BanSimulation simulation;

  BanRoutes(Store store, Changes changes, Clock clock, BanSimulation simulation) {
    this.store = store;
    this.changes = changes;
    this.clock = clock;
    this.simulation = simulation;
  }

  void addTo(Api api) {
    api.add("listBans", this::list);
    api.add("addBan", this::add);
    api.addQuestion("simulateBan", this::simulate);
    // A prefix has a slash of its own: escaped, it is a part of the path.
    api.add("removeBan", this::remove);
  }

  /** Asked again and again it would tell of addresses: so the audit log tells who asks. */
  private Future<Callable<Answer>> simulate(Call call) throws Problem, StoreException {
    Prefix prefix = Prefix.parse(call.text("prefix"));
    store
        .audit()
        .note(
            call.edit("asked whom a ban of " + prefix + " would cut"),
            new Deed(Kind.QUESTION, prefix.toString(), null, null));
    return simulation.ask(prefix).map(answers -> () -> Answer.of(0, answers.view(store.latest())));
  }

  private Answer list(Call call) throws StoreException {
    FleetState state = store.latest();
    Instant now = clock.instant();
    Slice<Ban> inForce =
        Slice.of(call, state.bans().stream().filter(ban -> ban.holdsAt(now)), Ban::id);
    return Answer.of(
        state.revision(),
        inForce.next(
            new JsonObject()
                .put("revision", state.revision())
                .put("bans", Views.of(inForce.page()))));
  }

  private Answer add(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    Instant expiry = body.timeOrNull("expiry");
    Ban ban =
        new Ban(
            Prefix.parse(body.text("prefix")), body.text("reason"), call.caller().author(), expiry);
    Instant now = clock.instant();
    if (!ban.holdsAt(now)) {
      throw new InvalidValueException(
          "expiry", "is " + expiry + ": a time after now would be right");
    }
    FleetState state =
        changes.make(
            call,
            "banned " + ban.prefix(), // the reason may tell of people, and this is not sealed
            present -> {
              FleetState lasting = withoutEnded(present, now);
              if (has(lasting, ban.prefix())) {
                throw Problem.of(409, "prefix", "is " + ban.prefix() + ", which is banned already");
              }
              return lasting.with(ban);
            });
    return Answer.created(state.revision(), Views.of(ban));
  }

  private Answer remove(Call call) throws Problem, StoreException {
    Prefix prefix = Prefix.parse(call.text("prefix"));
    FleetState state =
        changes.make(
            call,
            "ended the ban of " + prefix,
            present -> {
              FleetState lasting = withoutEnded(present, clock.instant());
              if (!has(lasting, prefix)) {
                throw Problem.of(404, prefix + " is not banned");
              }
              return lasting.without(Entity.Kind.BAN, prefix.toString());
            });
    return Answer.of(state.revision(), new JsonObject().put("revision", state.revision()));
  }

  /** Ended bans would fill the state, and none of them does anything. */
  private static FleetState withoutEnded(FleetState state, Instant now) {
    return new FleetState(
        state.revision(),
        state.secrets(),
        state.bans().stream().filter(ban -> ban.holdsAt(now)).toList(),
        state.lists(),
        state.settings());
  }

  private static boolean has(FleetState state, Prefix prefix) {
    return state.bans().stream().anyMatch(ban -> ban.prefix().equals(prefix));
  }
}
