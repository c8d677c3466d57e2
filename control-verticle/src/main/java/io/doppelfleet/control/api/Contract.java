package io.doppelfleet.control.api;

import io.doppelfleet.control.store.Role;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI document that describes the API, and what follows from it: which calls there are, who
 * may make them, and what a request may have. That it is OpenAPI is for tests to say: a library
 * that does holds all of that format's own schemas, some MiB, as long as it is used.
 */
public final class Contract {
  private static final List<String> PARTS =
      List.of(
          "base",
          "status",
          "secrets",
          "traffic",
          "settings",
          "bans",
          "lists",
          "nodes",
          "revisions",
          "access",
          "totp",
          "audit",
          "fleet-key");

  /** What OpenAPI 3.1 has schemas in; nothing is at that address. */
  private static final JsonSchemaOptions OPTIONS =
      new JsonSchemaOptions()
          .setBaseUri("app://doppelfleet")
          .setDraft(Draft.DRAFT202012)
          .setOutputFormat(OutputFormat.Basic);

  /** The same that ends at the first mistake, and doesn't say what it is. */
  private static final JsonSchemaOptions BRIEFLY =
      new JsonSchemaOptions(OPTIONS).setOutputFormat(OutputFormat.Flag);

  private final JsonObject document;
  private final Buffer encoded;
  private final Map<String, Described> calls = new LinkedHashMap<>();

  private Contract(JsonObject document) {
    this.document = document;
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      for (Map.Entry<String, Object> operation : (JsonObject) path.getValue()) {
        JsonObject model = (JsonObject) operation.getValue();
        Refusals.addTo(model);
        calls.put(
            model.getString("operationId"), described(operation.getKey(), path.getKey(), model));
      }
    }
    this.encoded = document.toBuffer();
  }

  /** Reads the document; blocks. */
  public static Contract read() {
    JsonObject all = new JsonObject();
    for (String part : PARTS) {
      try (InputStream in = Contract.class.getResourceAsStream("openapi/" + part + ".json")) {
        all.mergeIn(Buffer.buffer(Objects.requireNonNull(in).readAllBytes()).toJsonObject(), true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Contract(all);
  }

  private Described described(String method, String path, JsonObject model) {
    List<Described.Parameter> parameters = new ArrayList<>();
    for (Object each : model.getJsonArray("parameters", new JsonArray())) {
      JsonObject parameter = resolved((JsonObject) each);
      JsonObject schema = resolved(parameter.getJsonObject("schema"));
      parameters.add(
          new Described.Parameter(
              parameter.getString("name"),
              Described.Place.valueOf(parameter.getString("in").toUpperCase(Locale.ROOT)),
              parameter.getBoolean("required", false),
              check(schema),
              schema));
    }
    Described.@Nullable Content body = null;
    if (model.containsKey("requestBody")) {
      JsonObject schema =
          resolved(
              model
                  .getJsonObject("requestBody")
                  .getJsonObject("content")
                  .getJsonObject(Api.JSON)
                  .getJsonObject("schema"));
      body = new Described.Content(check(schema), check(schema, BRIEFLY), schema);
    }
    return new Described(
        this,
        HttpMethod.valueOf(method.toUpperCase(Locale.ROOT)),
        path.replaceAll("\\{([a-z]+)}", ":$1"),
        role(model),
        model.getBoolean("x-owner", false),
        List.copyOf(parameters),
        body,
        model.getBoolean("x-shown-once", false));
  }

  /** Null: open to everybody. What says neither is a mistake of ours, and is found at the start. */
  private static @Nullable Role role(JsonObject operation) {
    String role = operation.getString("x-role");
    if ((role == null) != operation.containsKey("security")) {
      throw new IllegalStateException(
          operation.getString("operationId") + " has to say x-role, or that it is open");
    }
    return role == null ? null : Role.of(role);
  }

  private Validator check(JsonObject schema) {
    return check(schema, OPTIONS);
  }

  private Validator check(JsonObject schema, JsonSchemaOptions options) {
    return Validator.create(JsonSchema.of((JsonObject) whole(schema)), options);
  }

  /** With what it refers to in it. */
  private Object whole(Object part) {
    return switch (part) {
      case JsonObject object -> {
        JsonObject all = new JsonObject();
        resolved(object).forEach(field -> all.put(field.getKey(), whole(field.getValue())));
        yield all;
      }
      case JsonArray array -> {
        JsonArray all = new JsonArray();
        array.forEach(each -> all.add(whole(each)));
        yield all;
      }
      default -> part;
    };
  }

  /** What a part of the document stands for. */
  JsonObject resolved(JsonObject part) {
    String reference = part.getString("$ref");
    if (reference == null) {
      return part;
    }
    JsonObject found = document;
    for (String name : reference.substring("#/".length()).split("/", -1)) {
      found = found.getJsonObject(name);
    }
    return found;
  }

  /** The call of this operationId. */
  Described call(String id) {
    return Objects.requireNonNull(calls.get(id), id);
  }

  /** All calls, by their operationIds. */
  Map<String, Described> calls() {
    return Map.copyOf(calls);
  }

  /** The document as it is sent, some 90 KiB. */
  Buffer encoded() {
    return encoded;
  }
}
