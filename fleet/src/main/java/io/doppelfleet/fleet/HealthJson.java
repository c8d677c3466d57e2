package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The message of a node's health, as {@link MessageJson} describes it. */
final class HealthJson {
  private HealthJson() {}

  static void write(JsonGenerator out, NodeHealth health) throws IOException {
    out.writeStringField("version", health.version());
    out.writeNumberField("lag", health.lag());
    out.writeBooleanField("coverDown", health.coverDown());
    numbers(out, "reached", health.reached());
    numbers(out, "unreached", health.unreached());
    out.writeArrayFieldStart("oldKeys");
    for (NodeHealth.OldKeys each : health.oldKeys()) {
      out.writeStartObject();
      out.writeStringField("secret", each.secret());
      out.writeNumberField("connections", each.connections());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void numbers(JsonGenerator out, String field, List<Integer> all)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (int each : all) {
      out.writeNumber(each);
    }
    out.writeEndArray();
  }

  static NodeHealth read(JsonReader in, MessageHead head) throws IOException {
    String version = null;
    Integer lag = null;
    Boolean coverDown = null;
    List<Integer> reached = null;
    List<Integer> unreached = null;
    List<NodeHealth.OldKeys> oldKeys = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "version" -> version = in.text();
        case "lag" -> lag = in.integer();
        case "coverDown" -> coverDown = in.truth();
        case "reached" -> reached = in.list(JsonReader::integer);
        case "unreached" -> unreached = in.list(JsonReader::integer);
        case "oldKeys" -> oldKeys = in.list(HealthJson::oldKeys);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new NodeHealth(
        head.stamp(),
        JsonReader.required("version", version),
        JsonReader.required("lag", lag),
        JsonReader.required("coverDown", coverDown),
        JsonReader.required("reached", reached),
        JsonReader.required("unreached", unreached),
        JsonReader.required("oldKeys", oldKeys));
  }

  private static NodeHealth.OldKeys oldKeys(JsonReader in) throws IOException {
    String secret = null;
    Integer connections = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new NodeHealth.OldKeys(
        JsonReader.required("secret", secret), JsonReader.required("connections", connections));
  }
}
