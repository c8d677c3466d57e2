package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.Doubts;
import io.doppelfleet.fleet.address.PrefixSet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists: many addresses under one name, and what is done with them on all nodes. */
final class ListRoutes {
  private final Store store;
  private final Changes changes;

  ListRoutes(Store store, Changes changes) {
    this.store = store;
    this.changes = changes;
  }

  void addTo(Api api) {
    api.add("listLists", call -> list());
    api.add("getList", this::show);
    api.addImport("setList", this::set);
    api.add("removeList", this::remove);
  }

  /** Of each how many prefixes it has, and not which: there may be 200,000 of them. */
  private Answer list() throws StoreException {
    FleetState state = store.latest();
    JsonArray lists = new JsonArray();
    state.lists().forEach(each -> lists.add(Views.brief(each)));
    return Answer.of(
        state.revision(), new JsonObject().put("revision", state.revision()).put("lists", lists));
  }

  private Answer show(Call call) throws Problem, StoreException {
    FleetState present = store.latest();
    long revision = call.number("revision", present.revision());
    FleetState state = revision == present.revision() ? present : store.state(revision);
    String name = call.text("name");
    PrefixList list = named(state, name).orElseThrow(() -> missing(name));
    return Answer.of(state.revision(), Views.of(list));
  }

  private Answer set(Call call) throws Problem, StoreException {
    Call.Body body = call.body();
    String name = call.text("name");
    PrefixList.Use use = Views.use(body.text("use"));
    PrefixList list = new PrefixList(name, use, prefixes(body));
    PrefixSet addresses = PrefixSet.of(list.prefixes());
    Set<Danger> confirmed = Confirmation.of(body);
    FleetState state =
        changes.make(
            call,
            "set list " + name,
            present -> {
              PrefixSet before =
                  named(present, name)
                      .map(each -> PrefixSet.of(each.prefixes()))
                      .orElse(PrefixSet.EMPTY);
              Confirmation.check("the list", Doubts.of(use, addresses, before, confirmed));
              return checked(present, present.with(list), confirmed);
            });
    return Answer.of(state.revision(), Views.brief(list));
  }

  private static List<Prefix> prefixes(Call.Body body) {
    List<Prefix> prefixes = new ArrayList<>();
    for (Object each : body.json().getJsonArray("prefixes")) {
      try {
        prefixes.add(Prefix.parse((String) each));
      } catch (InvalidValueException e) {
        throw new InvalidValueException("prefixes." + prefixes.size(), e.problem());
      }
    }
    return prefixes;
  }

  private Answer remove(Call call) throws Problem, StoreException {
    String name = call.text("name");
    Set<Danger> confirmed = Confirmation.of(call);
    FleetState state =
        changes.make(
            call,
            "removed list " + name,
            present -> {
              PrefixList list = named(present, name).orElseThrow(() -> missing(name));
              FleetState next = present.without(Entity.Kind.LIST, list.name());
              return checked(present, next, confirmed);
            });
    return Answer.of(state.revision(), new JsonObject().put("revision", state.revision()));
  }

  /** A list may be right by itself, and shut everybody out together with another. */
  private static FleetState checked(FleetState present, FleetState next, Set<Danger> confirmed)
      throws Problem {
    Confirmation.check("all lists", Doubts.of(present.lists(), next.lists(), confirmed));
    return next;
  }

  private static Optional<PrefixList> named(FleetState state, String name) {
    return state.lists().stream().filter(list -> list.name().equals(name)).findFirst();
  }

  private static Problem missing(String name) {
    return Problem.of(404, "there is no list \"" + name + "\"");
  }
}
