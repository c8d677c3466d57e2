package io.doppelfleet.control.api;

import com.fasterxml.jackson.core.JsonParser;
import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.Edit;
import io.doppelfleet.control.store.Intent;
import io.doppelfleet.control.store.Role;
import io.doppelfleet.fleet.InvalidValueException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request, and what it brings. */
final class Call {
  /** A field of bodies, for what somebody says to show who they are. */
  static final String PASSWORD = "password";

  private final RoutingContext context;
  private final Caller caller;
  private final Map<String, Object> parameters;
  private final Body body;

  private Call(RoutingContext context, Caller caller, Map<String, Object> parameters, Body body) {
    this.context = context;
    this.caller = caller;
    this.parameters = parameters;
    this.body = body;
  }

  /** One whose parameters and body are what the document says. */
  static Call checked(RoutingContext context, Caller caller, Described described) throws Problem {
    return new Call(
        context,
        caller,
        described.parameters(context),
        described.checked(object(context.body().buffer())));
  }

  /** Who asks for a change, and what for. */
  Edit edit(String what) {
    return new Edit(caller.author(), caller.origin(), what);
  }

  /** Who asks for a change of what is no part of the state, and on what they have seen. */
  Intent intent() {
    return new Intent(caller.maker(), caller.origin(), seen());
  }

  /**
   * 64 hex digits that are the same for the same call with the same body. They are kept, so a
   * password, which could be found by them, is left out.
   */
  String fingerprint() {
    HttpServerRequest request = context.request();
    Buffer bytes = context.body().buffer();
    if (body.json().containsKey(PASSWORD)) {
      JsonObject rest = body.json().copy();
      rest.remove(PASSWORD);
      bytes = rest.toBuffer();
    }
    return Credential.hash(
        request.method()
            + " "
            + request.uri()
            + "\n"
            + parameters.get("If-Match")
            + "\n"
            + (bytes == null ? "" : bytes.toString()));
  }

  Caller caller() {
    return caller;
  }

  /** Whether nobody on the way can read it. */
  boolean isTls() {
    return context.request().isSSL();
  }

  /** A text in the path, or one in the query that the document has a default for. */
  String text(String name) {
    return (String) Objects.requireNonNull(parameters.get(name)); // the document has it
  }

  /** A text in the query or the head. */
  @Nullable String textOrNull(String name) {
    return (String) parameters.get(name);
  }

  /** A whole number in the path or the query, which the document has a default for. */
  long number(String name) {
    return ((Number) Objects.requireNonNull(parameters.get(name))).longValue();
  }

  long number(String name, long byDefault) {
    return parameters.containsKey(name) ? number(name) : byDefault;
  }

  /** A time in the query. */
  Instant time(String name, Instant byDefault) {
    return parameters.get(name) instanceof String text ? time(name, text) : byDefault;
  }

  private static Instant time(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidValueException(
          name, "is " + quoted(text) + ": a time like 2026-11-25T07:25:18Z would be right");
    }
  }

  /** What somebody wrote, no longer than is of use. */
  static String quoted(String text) {
    return "\"" + cut(text) + "\"";
  }

  /** The same without the quotation marks. */
  static String cut(String text) {
    return text.length() > 80 ? text.substring(0, 79) + "…" : text;
  }

  /** The revision or version that the caller has seen and means to change; null: whichever. */
  @Nullable Long seen() {
    return parameters.get("If-Match") instanceof String match && !match.equals("*")
        ? Long.parseLong(match.substring(1, match.length() - 1))
        : null;
  }

  Body body() {
    return body;
  }

  /** The body; null: none. Vert.x itself would take the last of two fields of one name. */
  private static @Nullable JsonObject object(@Nullable Buffer bytes) throws Problem {
    if (bytes == null || bytes.length() == 0) {
      return null;
    }
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

  /** The fields of a body, which are what the document says. */
  record Body(JsonObject json, JsonObject schema) {
    String text(String field) {
      return Objects.requireNonNull(textOrNull(field));
    }

    @Nullable String textOrNull(String field) {
      return json.getString(field);
    }

    /** A whole number, which the document has a default for. */
    long number(String field) {
      Number number =
          json.containsKey(field)
              ? json.getNumber(field)
              : schema.getJsonObject("properties").getJsonObject(field).getNumber("default");
      return number.longValue();
    }

    long number(String field, long byDefault) {
      return json.containsKey(field) ? number(field) : byDefault;
    }

    Role role() {
      return Role.of(text("role"));
    }

    @Nullable Instant timeOrNull(String field) {
      String text = textOrNull(field);
      return text == null ? null : time(field, text);
    }
  }
}
