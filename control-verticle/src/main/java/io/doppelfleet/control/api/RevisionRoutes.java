package io.doppelfleet.control.api;

import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.store.Revision;
import io.doppelfleet.control.store.Store;
import io.doppelfleet.control.store.StoreException;
import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.fleet.address.Doubts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;

/** The history: compared, and brought back. */
final class RevisionRoutes {
  private final Store store;
  private final Changes changes;
  private final Nodes nodes;

  RevisionRoutes(Store store, Changes changes, Nodes nodes) {
    this.store = store;
    this.changes = changes;
    this.nodes = nodes;
  }

  void addTo(Api api) {
    api.add("listRevisions", this::list);
    api.add("compareRevisions", this::diff);
    api.add("compareRestoration", this::compare);
    api.add("restoreRevision", this::restore);
  }

  private Answer list(Call call) throws StoreException {
    long before = call.number("before", Long.MAX_VALUE);
    List<Revision> rest = store.history(before, (int) call.number("limit") + 1);
    Slice<Revision> slice = Slice.of(call, rest, revision -> Long.toString(revision.number()));
    JsonArray revisions = new JsonArray();
    for (Revision revision : slice.page()) {
      revisions.add(
          new JsonObject()
              .put("number", revision.number())
              .put("at", revision.at().toString())
              .put("author", revision.edit().author())
              .put("origin", revision.edit().origin())
              .put("what", revision.edit().what())
              .put("checksum", revision.checksum()));
    }
    return Answer.of(0, slice.next(new JsonObject().put("revisions", revisions)));
  }

  private Answer diff(Call call) throws StoreException {
    long to = call.number("to", store.latest().revision());
    return Answer.of(0, Views.of(store.diff(call.number("number"), to)));
  }

  /** What a restoration would change now. */
  private Answer compare(Call call) throws StoreException {
    FleetState present = store.latest();
    FleetState restored = store.restoration(call.number("number"));
    StateDiff diff = StateDiff.between(present, restored);
    JsonArray dangers = new JsonArray();
    Doubts.of(present.lists(), restored.lists(), Set.of()).dangers().stream()
        .sorted()
        .forEach(danger -> dangers.add(danger.word()));
    return Answer.of(
        present.revision(),
        Views.of(diff).put("cut", openBySecretsThatGo(diff)).put("dangers", dangers));
  }

  private long openBySecretsThatGo(StateDiff diff) throws StoreException {
    List<String> gone =
        diff.changes().stream()
            .filter(change -> change.kind() == Entity.Kind.SECRET && change.after() == null)
            .map(StateDiff.Change::id)
            .toList();
    return Totals.of(gone, store, nodes).open();
  }

  private Answer restore(Call call) throws Problem, StoreException {
    long number = call.number("number");
    if (call.seen() == null) {
      throw Problem.of(
          428,
          "If-Match",
          "is missing: the ETag of what the restoration was compared with is right");
    }
    Set<Danger> confirmed = Confirmation.of(call.body());
    FleetState state =
        changes.make(
            call,
            "restored revision " + number,
            present -> {
              FleetState restored = store.restoration(number);
              Confirmation.check(
                  "its lists", Doubts.of(present.lists(), restored.lists(), confirmed));
              return restored;
            });
    return Answer.of(state.revision(), new JsonObject().put("revision", state.revision()));
  }
}
