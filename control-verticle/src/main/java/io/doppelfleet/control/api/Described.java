package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Role;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.Validator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call as the document has it.
 *
 * @param path as routes have it
 * @param role the least that it needs; null: none
 * @param ownersAlone whether it is done for who runs the control, over its Unix socket, alone
 * @param body null where there is none
 * @param shownOnce whether its answer has what is shown once
 */
record Described(
    Contract contract,
    HttpMethod method,
    String path,
    @Nullable Role role,
    boolean ownersAlone,
    List<Parameter> parameters,
    @Nullable Content body,
    boolean shownOnce) {

  /** Where in a request a parameter is. */
  enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /** Something in the path, the query or the head. */
  record Parameter(String name, Place in, boolean required, Validator check, JsonObject schema) {}

  /** The body; where one is needed, so is a field of it. */
  record Content(Validator check, Validator brief, JsonObject schema) {}

  /** Of a body with more fields each mistake, of which there may be as many, isn't looked for. */
  private static final int FEW = 1_000;

  /** The values of the parameters, whole numbers as such; what isn't there has its default. */
  Map<String, Object> parameters(RoutingContext context) throws Problem {
    Map<String, Object> values = new HashMap<>();
    for (Parameter parameter : parameters) {
      String text = text(context, parameter);
      Object value =
          text == null ? parameter.schema.getValue("default") : typed(text, parameter.schema);
      if (value == null && parameter.required) {
        throw Problem.of(400, parameter.name, "is missing");
      }
      if (value == null) {
        continue;
      }
      if (!parameter.check.validate(value).getValid()) {
        throw Mismatch.of(parameter.name, parameter.schema, Objects.requireNonNull(text));
      }
      values.put(parameter.name, value);
    }
    return values;
  }

  private static @Nullable String text(RoutingContext context, Parameter parameter) throws Problem {
    String name = parameter.name;
    List<String> values =
        switch (parameter.in) {
          case PATH -> List.of(Objects.requireNonNull(context.pathParam(name)));
          case QUERY -> context.queryParam(name);
          case HEADER -> context.request().headers().getAll(name);
        };
    if (values.size() > 1) {
      throw Problem.of(400, name, "is there twice: once would be right");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /** A text that is no number where there should be one stays, and is refused. */
  private static Object typed(String text, JsonObject schema) {
    if ("integer".equals(schema.getString("type")) && text.matches("[0-9]{1,19}")) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) { // past the greatest
        return text;
      }
    }
    return text;
  }

  /** A body that is what it should be; without one where there need be none. */
  Call.Body checked(@Nullable JsonObject given) throws Problem {
    JsonObject json = given == null ? new JsonObject() : given;
    if (body == null) {
      return new Call.Body(new JsonObject(), new JsonObject());
    }
    if (!body.brief.validate(json).getValid()) {
      if (isLarge(json)) {
        throw Problem.of(
            400,
            "the body is not as the document has it: of one with fewer parts it is said where");
      }
      throw new Mismatch(contract, body.schema, json).of(body.check.validate(json).getErrors());
    }
    return new Call.Body(json, body.schema);
  }

  private static boolean isLarge(JsonObject json) {
    int fields = json.size();
    for (Object value : json.getMap().values()) {
      fields += value instanceof JsonObject object ? object.size() : 0;
      fields += value instanceof Map<?, ?> map ? map.size() : 0;
      fields += value instanceof JsonArray array ? array.size() : 0;
      fields += value instanceof List<?> list ? list.size() : 0;
    }
    return fields > FEW;
  }
}
