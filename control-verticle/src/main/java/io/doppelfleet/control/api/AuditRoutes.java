package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Audit;
import io.doppelfleet.control.store.AuditEntry;
import io.doppelfleet.control.store.AuditEntry.Deed;
import io.doppelfleet.control.store.AuditEntry.Place;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that was done, revisions and the rest in one list. */
final class AuditRoutes {
  private final Audit audit;

  AuditRoutes(Audit audit) {
    this.audit = audit;
  }

  void addTo(Api api) {
    api.add("listAudit", this::list);
  }

  private Answer list(Call call) throws StoreException, Problem {
    String cursor = call.textOrNull("cursor");
    List<AuditEntry> rest =
        audit.before(cursor == null ? Place.END : place(cursor), (int) call.number("limit") + 1);
    Slice<AuditEntry> slice = Slice.of(call, rest, AuditRoutes::id);
    JsonArray entries = new JsonArray();
    slice.page().forEach(entry -> entries.add(view(entry)));
    return Answer.of(0, slice.next(new JsonObject().put("entries", entries)));
  }

  /** The document has its form, but for the greatest number. */
  private static Place place(String cursor) throws Problem {
    String[] numbers = cursor.split("\\.", 2);
    try {
      return new Place(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    } catch (NumberFormatException e) {
      throw Problem.of(400, "cursor", "is no place in the list: next of an answer would be right");
    }
  }

  private static String id(AuditEntry entry) {
    return entry.place().revision() + "." + entry.place().id();
  }

  private static JsonObject view(AuditEntry entry) {
    JsonObject view =
        new JsonObject()
            .put("id", id(entry))
            .put("at", entry.at().toString())
            .put("author", entry.edit().author())
            .put("origin", entry.edit().origin())
            .put("what", entry.edit().what());
    Deed deed = entry.deed();
    if (deed == null) {
      return view.put("kind", "revision").put("revision", entry.place().revision());
    }
    view.put("kind", deed.kind().word());
    if (!deed.subject().isEmpty()) {
      view.put("subject", deed.subject());
    }
    put(view, "before", deed.before());
    put(view, "after", deed.after());
    return view;
  }

  private static void put(JsonObject view, String field, @Nullable JsonObject value) {
    if (value != null) {
      view.put(field, value);
    }
  }
}
