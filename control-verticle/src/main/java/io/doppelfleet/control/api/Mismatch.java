package io.doppelfleet.control.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a body isn't what the document says: which field, its value, and what would be right. */
final class Mismatch {
  /** Those of a schema's words that are about a value itself, not about what is beneath it. */
  private static final Set<String> OF_THE_VALUE =
      Set.of("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "format");

  private final Contract contract;
  private final JsonObject schema;
  private final JsonObject body;

  Mismatch(Contract contract, JsonObject schema, JsonObject body) {
    this.contract = contract;
    this.schema = schema;
    this.body = body;
  }

  /** The first that the library found; a name that isn't known may be the one that is missing. */
  Problem of(@Nullable List<OutputUnit> errors) {
    List<OutputUnit> all = errors == null ? List.of() : errors;
    for (OutputUnit error : all) {
      List<String> place = steps(error.getInstanceLocation());
      if (word(error).equals("additionalProperties") && schemaAt(place) == null) {
        return unknown(place);
      }
    }
    for (OutputUnit error : all) {
      List<String> place = steps(error.getInstanceLocation());
      JsonObject known = schemaAt(place);
      if (word(error).equals("required") && known != null) {
        return missing(place, known);
      }
      if (OF_THE_VALUE.contains(word(error)) && known != null) {
        return of(shown(place), known, valueAt(place));
      }
    }
    return Problem.of(400, "the body is not as the document has it");
  }

  /** What of the schema isn't kept. */
  private static String word(OutputUnit error) {
    return steps(error.getKeywordLocation()).getLast();
  }

  private Problem missing(List<String> place, JsonObject known) {
    JsonObject there = valueAt(place) instanceof JsonObject object ? object : new JsonObject();
    for (Object field : known.getJsonArray("required")) {
      if (!there.containsKey((String) field)) {
        List<String> path = new ArrayList<>(place);
        path.add((String) field);
        return Problem.of(400, shown(path), "is missing");
      }
    }
    return Problem.of(400, shown(place), "lacks something");
  }

  private Problem unknown(List<String> place) {
    JsonObject parent = schemaAt(place.subList(0, place.size() - 1));
    Set<String> fields =
        parent == null
            ? Set.of()
            : parent.getJsonObject("properties", new JsonObject()).fieldNames();
    String right =
        fields.isEmpty() ? "none" : fields.stream().sorted().collect(Collectors.joining(", "));
    return Problem.of(400, shown(place), "is no field here: " + right + " would be right");
  }

  /** As people read it: a body's names may be of any length. */
  private static String shown(List<String> place) {
    return place.stream().map(Call::cut).collect(Collectors.joining("."));
  }

  /** Null where a field isn't known. */
  private @Nullable JsonObject schemaAt(List<String> place) {
    JsonObject at = schema;
    for (String step : place) {
      Object next = at.getJsonObject("properties", new JsonObject()).getValue(step);
      if (next == null) {
        next = at.getValue("additionalProperties", at.getValue("items"));
      }
      if (!(next instanceof JsonObject found)) {
        return null;
      }
      at = contract.resolved(found);
    }
    return at;
  }

  private @Nullable Object valueAt(List<String> place) {
    Object at = body;
    for (String step : place) {
      at =
          switch (at) {
            case JsonObject object -> object.getValue(step);
            case JsonArray array when step.matches("[0-9]{1,9}") ->
                array.getValue(Integer.parseInt(step));
            case null, default -> null;
          };
    }
    return at;
  }

  /** Of a pointer as the library writes it: #/a/b, each part escaped, and that encoded. */
  private static List<String> steps(String pointer) {
    return Arrays.stream(pointer.split("/", -1))
        .skip(1)
        .map(step -> decoded(step).replace("~1", "/").replace("~0", "~"))
        .toList();
  }

  private static String decoded(String step) {
    try {
      return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // the library gives some control characters one digit
      return step;
    }
  }

  /** What is wrong with a value by its own schema. */
  static Problem of(String field, JsonObject schema, @Nullable Object value) {
    return Problem.of(400, field, wrong(schema, value));
  }

  private static String wrong(JsonObject schema, @Nullable Object value) {
    return switch (schema.getString("type")) {
      case "integer" ->
          (switch (value) {
                case Number number -> "is " + number;
                case String text -> "is " + Call.quoted(text);
                case null, default -> "is no number";
              })
              + ": "
              + schema.getValue("minimum")
              + " to "
              + schema.getValue("maximum")
              + " would be right";
      case "string" -> value instanceof String text ? wrongText(schema, text) : "is no text";
      case "object" -> "is no object";
      default -> "is not of the right kind";
    };
  }

  private static String wrongText(JsonObject schema, String text) {
    if (schema.containsKey("maxLength")) { // a password, which isn't repeated
      return "has "
          + text.length()
          + " characters: "
          + schema.getValue("minLength")
          + " to "
          + schema.getValue("maxLength")
          + " would be right";
    }
    return "is " + Call.quoted(text) + ": " + right(schema) + " would be right";
  }

  private static String right(JsonObject schema) {
    JsonArray words = schema.getJsonArray("enum");
    if (words == null) {
      return schema.getString("x-right");
    }
    List<String> all = words.stream().map(String::valueOf).toList();
    String last = all.getLast();
    return all.size() == 1
        ? last
        : String.join(", ", all.subList(0, all.size() - 1)) + " or " + last;
  }
}
