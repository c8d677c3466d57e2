package io.doppelfleet.control.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * With what calls may be refused that are described alike: whoever asks, whatever is sent. A call's
 * own part of the document has the rest, so that together they are all.
 */
final class Refusals {
  /**
   * Who asks is looked at, and from where, before it is looked at what they ask; and before that,
   * whether the head is of a length that is read.
   */
  private static final List<Integer> OF_ALL = List.of(401, 403, 414, 415, 421, 431, 503);

  private static final List<Integer> OF_PARAMETERS = List.of(400);
  private static final List<Integer> OF_A_BODY = List.of(400, 408, 413);
  private static final List<Integer> OF_IF_MATCH = List.of(412);
  private static final List<Integer> OF_IDEMPOTENCY_KEY = List.of(409, 422, 429);

  private Refusals() {}

  /** Adds them to the answers of an operation. */
  static void addTo(JsonObject operation) {
    Set<Integer> statuses = new TreeSet<>(OF_ALL);
    for (Object each : operation.getJsonArray("parameters", new JsonArray())) {
      statuses.addAll(OF_PARAMETERS);
      String shared = ((JsonObject) each).getString("$ref", "");
      if (shared.endsWith("/IfMatch")) {
        statuses.addAll(OF_IF_MATCH);
      } else if (shared.endsWith("/IdempotencyKey")) {
        statuses.addAll(OF_IDEMPOTENCY_KEY);
      }
    }
    if (operation.containsKey("requestBody")) {
      statuses.addAll(OF_A_BODY);
    }
    JsonObject responses = operation.getJsonObject("responses");
    for (int status : statuses) {
      responses.put(
          Integer.toString(status),
          new JsonObject().put("$ref", "#/components/responses/" + status));
    }
  }
}
