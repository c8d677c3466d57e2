package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

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
    if (!health.probes().isEmpty()) {
      out.writeArrayFieldStart("probes");
      for (NodeHealth.Probe each : health.probes()) {
        out.writeStartObject();
        out.writeNumberField("datacenter", each.datacenter());
        out.writeNumberField("failures", each.failures());
        NodeHealth.Failure failure = each.failure();
        if (failure != null) {
          out.writeStringField("failure", word(failure));
        }
        Integer millis = each.millis();
        if (millis != null) {
          out.writeNumberField("millis", millis);
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    }
  }

  private static String word(NodeHealth.Failure failure) {
    return failure.name().toLowerCase(Locale.ROOT);
  }

  private static NodeHealth.Failure failure(String word) {
    for (NodeHealth.Failure each : NodeHealth.Failure.values()) {
      if (word(each).equals(word)) {
        return each;
      }
    }
    throw new InvalidValueException(
        "",
        "is "
            + Bounds.quoted(word)
            + ": listener, silent, stranger, unreached, late or garbage is right");
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
    List<NodeHealth.Probe> probes = List.of();
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "version" -> version = in.text();
        case "lag" -> lag = in.integer();
        case "coverDown" -> coverDown = in.truth();
        case "reached" -> reached = in.list(JsonReader::integer);
        case "unreached" -> unreached = in.list(JsonReader::integer);
        case "oldKeys" -> oldKeys = in.list(HealthJson::oldKeys);
        case "probes" -> probes = in.list(HealthJson::probe);
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
        JsonReader.required("oldKeys", oldKeys),
        probes);
  }

  private static NodeHealth.Probe probe(JsonReader in) throws IOException {
    Integer datacenter = null;
    Integer failures = null;
    NodeHealth.Failure failure = null;
    Integer millis = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "datacenter" -> datacenter = in.integer();
        case "failures" -> failures = in.integer();
        case "failure" -> failure = failure(in.text());
        case "millis" -> millis = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new NodeHealth.Probe(
        JsonReader.required("datacenter", datacenter),
        JsonReader.required("failures", failures),
        failure,
        millis);
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
