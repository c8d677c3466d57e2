package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The messages about a ban that isn't yet, as {@link MessageJson} describes them. */
final class BanJson {
  private BanJson() {}

  static void write(JsonGenerator out, BanAnswer answer) throws IOException {
    out.writeNumberField("connections", answer.connections());
    out.writeArrayFieldStart("secrets");
    for (BanAnswer.Reached each : answer.secrets()) {
      out.writeStartObject();
      out.writeStringField("secret", each.secret());
      out.writeNumberField("connections", each.connections());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static BanQuestion question(JsonReader in, MessageHead head) throws IOException {
    String prefix = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("prefix")) {
        prefix = in.text();
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new BanQuestion(head.stamp(), Prefix.parse(JsonReader.required("prefix", prefix)));
  }

  static BanAnswer answer(JsonReader in, MessageHead head) throws IOException {
    Integer connections = null;
    List<BanAnswer.Reached> secrets = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "connections" -> connections = in.integer();
        case "secrets" -> secrets = in.list(BanJson::reached);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new BanAnswer(
        head.stamp(),
        JsonReader.required("connections", connections),
        JsonReader.required("secrets", secrets));
  }

  private static BanAnswer.Reached reached(JsonReader in) throws IOException {
    String secret = null;
    Integer connections = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new BanAnswer.Reached(
        JsonReader.required("secret", secret), JsonReader.required("connections", connections));
  }
}
