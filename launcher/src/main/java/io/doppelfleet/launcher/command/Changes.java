package io.doppelfleet.launcher.command;

import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A comparison of two states for people: a line for each part, and what is another in it. */
final class Changes {
  private Changes() {}

  /** The lines; "nothing" where there is no difference. */
  static String of(JsonObject diff) {
    StringBuilder text = new StringBuilder();
    for (Object each : diff.getJsonArray("changes")) {
      JsonObject change = (JsonObject) each;
      JsonObject before = change.getJsonObject("before");
      JsonObject after = change.getJsonObject("after");
      text.append(before == null ? "+ " : after == null ? "- " : "~ ")
          .append(change.getString("kind"))
          .append(' ')
          .append(change.getString("id"));
      if (change.containsKey("came")) {
        list(text, change, before, after);
      }
      text.append('\n');
      if (before != null && after != null && !change.containsKey("came")) {
        fields(text, before, after);
      }
    }
    return text.isEmpty() ? "nothing differs\n" : text.toString();
  }

  /** In one line, whatever is another in it: how many prefixes it has, and not which. */
  private static void list(
      StringBuilder text,
      JsonObject change,
      @Nullable JsonObject before,
      @Nullable JsonObject after) {
    JsonObject present = Objects.requireNonNull(after == null ? before : after);
    String use = present.getString("use");
    String was = before == null ? use : before.getString("use");
    text.append(": ").append(was.equals(use) ? use : was + " -> " + use);
    text.append(", prefixes: ").append(present.getInteger("count"));
    if (before != null && after != null) {
      text.append(" (+").append(change.getInteger("came"));
      text.append(" -").append(change.getInteger("went")).append(')');
    }
  }

  private static void fields(StringBuilder text, JsonObject before, JsonObject after) {
    TreeSet<String> names = new TreeSet<>(before.fieldNames());
    names.addAll(after.fieldNames());
    for (String name : names) {
      Object old = before.getValue(name);
      Object now = after.getValue(name);
      if (!Objects.equals(old, now)) {
        text.append("    ").append(name).append(": ").append(old == null ? "none" : old);
        text.append(" -> ").append(now == null ? "none" : now).append('\n');
      }
    }
  }
}
