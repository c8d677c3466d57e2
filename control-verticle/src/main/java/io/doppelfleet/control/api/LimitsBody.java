package io.doppelfleet.control.api;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Limits;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A secret's limits as a body has them, all that there are to be. */
final class LimitsBody {
  private LimitsBody() {}

  /** Reads them. */
  static Limits read(Call.Body body) {
    JsonObject json = body.json();
    return new Limits(
        json.getInteger("connections"),
        addresses(json.getJsonObject("addresses")),
        bytes(json.getJsonObject("bytes", new JsonObject())),
        json.getLong("rate"),
        body.timeOrNull("expiry"));
  }

  /** The same of a field; none where it is missing. */
  static Limits within(Call.Body body, String field) {
    JsonObject json = body.json().getJsonObject(field);
    if (json == null) {
      return Limits.NONE;
    }
    try {
      return read(new Call.Body(json, new JsonObject())); // which has no defaults
    } catch (InvalidValueException e) {
      throw new InvalidValueException(field + "." + e.path(), e.problem());
    }
  }

  private static Limits.@Nullable AddressLimit addresses(@Nullable JsonObject json) {
    return json == null
        ? null
        : new Limits.AddressLimit(
            json.getInteger("count"), Duration.ofSeconds(json.getLong("window")));
  }

  private static Map<Limits.Period, Long> bytes(JsonObject json) {
    Map<Limits.Period, Long> bytes = new EnumMap<>(Limits.Period.class);
    for (Limits.Period period : Limits.Period.values()) {
      Long most = json.getLong(period.word());
      if (most != null) {
        bytes.put(period, most);
      }
    }
    return bytes;
  }
}
