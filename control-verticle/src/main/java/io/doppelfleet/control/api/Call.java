package io.doppelfleet.control.api;

import com.fasterxml.jackson.core.JsonParser;
import io.doppelfleet.control.store.Edit;
import io.doppelfleet.fleet.InvalidValueException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request, and what it brings. */
final class Call {
  private final RoutingContext context;
  private final Caller caller;

  Call(RoutingContext context, Caller caller) {
    this.context = context;
    this.caller = caller;
  }

  /** Who asks for a change, and what for. */
  Edit edit(String what) {
    return new Edit(caller.author(), caller.origin(), what);
  }

  Caller caller() {
    return caller;
  }

  /** A part of the path, decoded. */
  String path(String name) {
    return Objects.requireNonNull(context.pathParam(name)); // the route has it
  }

  /** A part of the path that is a revision. */
  long revision(String name) {
    return number(name, path(name), 1, Long.MAX_VALUE);
  }

  /** A number in the query. */
  long query(String name, long byDefault, long least, long most) throws Problem {
    String text = queryOrNull(name);
    return text == null ? byDefault : number(name, text, least, most);
  }

  /** A word in the query. */
  @Nullable String queryOrNull(String name) throws Problem {
    List<String> values = context.queryParam(name);
    if (values.size() > 1) {
      throw Problem.of(400, name, "is there twice: once would be right");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /** A time in the query. */
  Instant queryTime(String name, Instant byDefault) throws Problem {
    String text = queryOrNull(name);
    return text == null ? byDefault : time(name, text);
  }

  private static Instant time(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidValueException(
          name, "is " + quoted(text) + ": a time like 2026-11-25T07:25:18Z would be right");
    }
  }

  private static long number(String name, String text, long least, long most) {
    if (text.matches("[0-9]{1,19}")) {
      try {
        long number = Long.parseLong(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    throw new InvalidValueException(
        name, "is " + quoted(text) + ": " + least + " to " + most + " would be right");
  }

  /** What somebody wrote, no longer than is of use. */
  static String quoted(String text) {
    return "\"" + (text.length() > 80 ? text.substring(0, 79) + "…" : text) + "\"";
  }

  /** The revision that the caller has seen and means to change; null: whichever is present. */
  @Nullable Long seen() throws Problem {
    String match = context.request().getHeader(HttpHeaders.IF_MATCH);
    if (match == null || match.strip().equals("*")) {
      return null;
    }
    String text = match.strip();
    if (!text.matches("\"[0-9]{1,18}\"")) {
      throw Problem.of(
          400,
          "If-Match",
          "is no ETag of these answers: one in its quotes, like \"7\", would be right");
    }
    return Long.parseLong(text.substring(1, text.length() - 1));
  }

  /** The body, which may have these fields and no others; an empty one has none. */
  Body body(Set<String> fields) throws Problem {
    Buffer bytes = context.body().buffer();
    JsonObject json = bytes == null || bytes.length() == 0 ? new JsonObject() : object(bytes);
    for (String field : json.fieldNames()) {
      if (!fields.contains(field)) {
        throw Problem.of(
            400,
            field,
            "is no field here: "
                + String.join(", ", fields.stream().sorted().toList())
                + " would be right");
      }
    }
    return new Body(json);
  }

  /** Vert.x itself would take the last of two fields of one name. */
  private static JsonObject object(Buffer bytes) throws Problem {
    JsonParser parser =
        JacksonCodec.createParser(bytes).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    try {
      if (JacksonCodec.fromParser(parser, Object.class) instanceof JsonObject json) {
        return json;
      }
    } catch (DecodeException e) { // its words quote the body
      throw Problem.of(400, "the body is no JSON object, or has a field twice");
    }
    throw Problem.of(400, "the body is no JSON object");
  }

  /** The fields of a body. */
  record Body(JsonObject json) {
    String text(String field) {
      String text = textOrNull(field);
      if (text == null) {
        throw new InvalidValueException(field, "is missing");
      }
      return text;
    }

    @Nullable String textOrNull(String field) {
      return switch (json.getValue(field)) {
        case null -> null;
        case String text -> text;
        default -> throw new InvalidValueException(field, "is no text");
      };
    }

    long number(String field, long byDefault, long least, long most) {
      return switch (json.getValue(field)) {
        case null -> byDefault;
        case Number number
            when (number instanceof Integer || number instanceof Long)
                && number.longValue() >= least
                && number.longValue() <= most ->
            number.longValue();
        case Object other ->
            throw new InvalidValueException(
                field,
                (other instanceof Number ? "is " + other : "is no number")
                    + ": "
                    + least
                    + " to "
                    + most
                    + " would be right");
      };
    }

    @Nullable Instant timeOrNull(String field) {
      String text = textOrNull(field);
      return text == null ? null : time(field, text);
    }

    JsonObject object(String field) {
      return switch (json.getValue(field)) {
        case JsonObject object -> object;
        case null -> throw new InvalidValueException(field, "is missing");
        default -> throw new InvalidValueException(field, "is no object");
      };
    }
  }
}
