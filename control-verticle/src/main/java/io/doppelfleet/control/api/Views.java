package io.doppelfleet.control.api;

import io.doppelfleet.fleet.Entity;
import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.StateDiff;
import io.doppelfleet.fleet.StateJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of a state: the forms of {@link StateJson} without keys, in operators' words. */
final class Views {
  /** The beginning of a key that nobody has to wait for. */
  private static final String ALWAYS = Instant.EPOCH.toString();

  private static final String DENY = "deny";

  private Views() {}

  static JsonObject of(Entity entity) {
    JsonObject json = Buffer.buffer(StateJson.write(entity)).toJsonObject();
    if (entity instanceof PrefixList list) {
      json.put("use", word(list.use()));
    }
    JsonArray keys = json.getJsonArray("keys");
    if (keys != null) {
      for (Object each : keys) {
        JsonObject key = (JsonObject) each;
        key.remove("key");
        if (key.getString("from").equals(ALWAYS)) {
          key.remove("from");
        }
      }
    }
    return json;
  }

  /** What a list is for, as a node's configuration has it too. */
  static String word(PrefixList.Use use) {
    return use == PrefixList.Use.ALLOW ? "allow" : DENY;
  }

  /** Of one of these words. */
  static PrefixList.Use use(String word) {
    return word.equals(DENY) ? PrefixList.Use.REFUSE : PrefixList.Use.ALLOW;
  }

  static JsonArray of(List<? extends Entity> entities) {
    JsonArray all = new JsonArray();
    entities.forEach(each -> all.add(of(each)));
    return all;
  }

  static JsonObject of(StateDiff diff) {
    JsonArray changes = new JsonArray();
    for (StateDiff.Change change : diff.changes()) {
      JsonObject json =
          new JsonObject()
              .put("kind", change.kind().name().toLowerCase(Locale.ROOT))
              .put("id", change.id());
      put(json, "before", change.before());
      put(json, "after", change.after());
      if (change.kind() == Entity.Kind.LIST) {
        Set<Prefix> before = prefixes(change.before());
        Set<Prefix> after = prefixes(change.after());
        json.put("came", after.stream().filter(each -> !before.contains(each)).count());
        json.put("went", before.stream().filter(each -> !after.contains(each)).count());
      }
      changes.add(json);
    }
    return new JsonObject().put("from", diff.from()).put("to", diff.to()).put("changes", changes);
  }

  private static void put(JsonObject json, String field, @Nullable Entity entity) {
    if (entity != null) {
      json.put(field, entity instanceof PrefixList list ? brief(list) : of(entity));
    }
  }

  /** A list without its prefixes: all lists may have 200,000 of them, before a change and after. */
  static JsonObject brief(PrefixList list) {
    return new JsonObject()
        .put("name", list.name())
        .put("use", word(list.use()))
        .put("count", list.prefixes().size());
  }

  private static Set<Prefix> prefixes(@Nullable Entity entity) {
    return entity instanceof PrefixList list ? new HashSet<>(list.prefixes()) : Set.of();
  }
}
