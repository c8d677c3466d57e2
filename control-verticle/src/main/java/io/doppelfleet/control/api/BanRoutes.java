package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Kind;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Ban;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Lease;
import io.doppelfleet.fleet.Prefix;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Bans: addresses that meet the cover, by people and by rules. */
final class BanRoutes {
  private final Store store;
  private final Leases leases;
  private final Changes changes;
  private final Clock clock;
  private final BanSimulation simulation;

  BanRoutes(Fleet fleet, Changes changes, Clock clock, BanSimulation simulation) {
    this.store = fleet.store();
    this.leases = fleet.leases();
    this.changes = changes;
    this.clock = clock;
    this.simulation = simulation;
  }

  void addTo(Api api) {
    api.add("listBans", this::list);
    api.add("listRuleBans", call -> byRules());
    api.add("addBan", this::add);
    api.addQuestion("simulateBan", this::simulate);
    // A prefix has a slash of its own: escaped, it is a part of the path.
    api.add("removeBan", this::remove);
  }

  /**
   * Asked again and again it would tell of addresses: so the audit log tells who asks, and nobody
   * asks so much that it doesn't.
   */
  private Future<Callable<Answer>> simulate(Call call) throws Problem, StoreException {
    Prefix prefix = Prefix.parse(call.text("prefix"));
    Duration wait =
        store
            .audit()
            .ask(
                call.edit("asked whom a ban of " + prefix + " would cut"),
                new Deed(Kind.QUESTION, prefix.toString(), null, null));
    if (wait.isPositive()) {
      throw Problem.later(
          call.caller().author() + " has asked " + Audit.MOST_QUESTIONS + " times within a day",
          (int) wait.plusSeconds(1).toSeconds());
    }
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

  /** Those of which this control knows, for as long as their times say. */
  private Answer byRules() throws StoreException {
    Map<String, String> names = new HashMap<>();
    store.roster().all().forEach(member -> names.put(member.sender(), member.name()));
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    JsonArray bans = new JsonArray();
    for (Leases.Present each : leases.present()) {
      bans.add(
          new JsonObject()
              .put("prefix", each.prefix().toString())
              .put("rule", "replays")
              .put("node", names.getOrDefault(each.sender(), each.sender()))
              .put("expiry", now.plusSeconds(each.seconds()).toString()));
    }
    return Answer.of(0, new JsonObject().put("bans", bans));
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
    FleetState seen = withoutEnded(store.latest(), clock.instant());
    FleetState state =
        Lease.isOne(prefix) && !has(seen, prefix)
            ? lift(call, prefix, seen)
            : removePersons(call, prefix);
    return Answer.of(state.revision(), new JsonObject().put("revision", state.revision()));
  }

  /** And then a rule's of the same address, if there is one. */
  private FleetState removePersons(Call call, Prefix prefix) throws Problem, StoreException {
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
    if (leases.present().stream().anyMatch(each -> each.prefix().equals(prefix))) {
      leases.lift(prefix);
    }
    return state;
  }

  /** Nodes may have such a ban though this control holds none. */
  private FleetState lift(Call call, Prefix prefix, FleetState seen)
      throws Problem, StoreException {
    Changes.check(call, seen);
    store
        .audit()
        .note(
            call.edit("ended the ban of " + prefix),
            new Deed(Kind.RULE, prefix.toString(), null, null));
    leases.lift(prefix);
    return seen;
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
