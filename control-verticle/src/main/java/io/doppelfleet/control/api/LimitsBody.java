package io.doppelfleet.control.api;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.Limits;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A secret's limits as a body has them, all that there are to be. */
final class LimitsBody {
  /** Its fields. */
  static final Set<String> FIELDS = Set.of("connections", "addresses", "bytes", "rate", "expiry");

  private LimitsBody() {}

  /**
   * Reads them.
   *
   * @throws InvalidValueException that names the field
   */
  static Limits read(Call.Body body) throws Problem {
    return new Limits(
        integer("connections", body.json().getValue("connections")),
        addresses(body),
        bytes(body),
        number("rate", body.json().getValue("rate")),
        body.timeOrNull("expiry"));
  }

  private static Limits.@Nullable AddressLimit addresses(Call.Body body) throws Problem {
    if (!body.json().containsKey("addresses")) {
      return null;
    }
    JsonObject addresses = body.object("addresses");
    known("addresses", addresses, Set.of("count", "window"));
    Integer count = integer("addresses.count", addresses.getValue("count"));
    Long window = number("addresses.window", addresses.getValue("window"));
    if (count == null || window == null) {
      throw new InvalidValueException(
          "addresses", "lacks its count or its window: both would be right, in seconds this one");
    }
    try {
      return new Limits.AddressLimit(count, Duration.ofSeconds(window));
    } catch (InvalidValueException e) {
      throw new InvalidValueException("addresses." + e.path(), e.problem());
    }
  }

  private static Map<Limits.Period, Long> bytes(Call.Body body) throws Problem {
    Map<Limits.Period, Long> bytes = new EnumMap<>(Limits.Period.class);
    if (body.json().containsKey("bytes")) {
      JsonObject given = body.object("bytes");
      known("bytes", given, Set.of("day", "week", "month", "total"));
      for (Limits.Period period : Limits.Period.values()) {
        Long most = number("bytes." + period.word(), given.getValue(period.word()));
        if (most != null) {
          bytes.put(period, most);
        }
      }
    }
    return bytes;
  }

  private static void known(String of, JsonObject json, Set<String> fields) throws Problem {
    for (String field : json.fieldNames()) {
      if (!fields.contains(field)) {
        throw Problem.of(
            400,
            of + "." + field,
            "is no field here: "
                + String.join(", ", fields.stream().sorted().toList())
                + " would be right");
      }
    }
  }

  private static @Nullable Integer integer(String field, @Nullable Object value) {
    Long number = number(field, value);
    if (number != null && number != number.intValue()) {
      throw new InvalidValueException(field, "is " + number + ": 1 to 1000000 would be right");
    }
    return number == null ? null : number.intValue();
  }

  private static @Nullable Long number(String field, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Integer number -> number.longValue();
      case Long number -> number;
      default -> throw new InvalidValueException(field, "is no whole number");
    };
  }
}
