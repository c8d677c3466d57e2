package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The messages about limits over the whole fleet, as {@link MessageJson} describes them. */
final class LimitJson {
  private LimitJson() {}

  static void write(JsonGenerator out, LimitQuestion question) throws IOException {
    out.writeArrayFieldStart("uses");
    for (LimitQuestion.Use use : question.uses()) {
      out.writeStartObject();
      out.writeStringField("secret", use.secret());
      LimitQuestion.Connections connections = use.connections();
      if (connections != null) {
        out.writeObjectFieldStart("connections");
        out.writeNumberField("taken", connections.taken());
        out.writeNumberField("waiting", connections.waiting());
        out.writeNumberField("held", connections.held());
        out.writeEndObject();
      }
      LimitQuestion.Rate rate = use.rate();
      if (rate != null) {
        out.writeObjectFieldStart("rate");
        out.writeNumberField("wanted", rate.wanted());
        out.writeNumberField("held", rate.held());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static void write(JsonGenerator out, LimitAnswer answer) throws IOException {
    out.writeNumberField("nodes", answer.nodes());
    out.writeArrayFieldStart("shares");
    for (LimitAnswer.Share share : answer.shares()) {
      out.writeStartObject();
      out.writeStringField("secret", share.secret());
      Integer connections = share.connections();
      if (connections != null) {
        out.writeNumberField("connections", connections);
      }
      Long rate = share.rate();
      if (rate != null) {
        out.writeNumberField("rate", rate);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static LimitQuestion question(JsonReader in, MessageHead head) throws IOException {
    List<LimitQuestion.Use> uses = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("uses")) {
        uses = in.list(LimitJson::use);
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new LimitQuestion(head.stamp(), JsonReader.required("uses", uses));
  }

  private static LimitQuestion.Use use(JsonReader in) throws IOException {
    String secret = null;
    LimitQuestion.Connections connections = null;
    LimitQuestion.Rate rate = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = connections(in);
        case "rate" -> rate = rate(in);
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Use(JsonReader.required("secret", secret), connections, rate);
  }

  private static LimitQuestion.Connections connections(JsonReader in) throws IOException {
    Integer taken = null;
    Integer waiting = null;
    Integer held = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "taken" -> taken = in.integer();
        case "waiting" -> waiting = in.integer();
        case "held" -> held = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Connections(
        JsonReader.required("taken", taken),
        JsonReader.required("waiting", waiting),
        JsonReader.required("held", held));
  }

  private static LimitQuestion.Rate rate(JsonReader in) throws IOException {
    Long wanted = null;
    Long held = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "wanted" -> wanted = in.number();
        case "held" -> held = in.number();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Rate(
        JsonReader.required("wanted", wanted), JsonReader.required("held", held));
  }

  static LimitAnswer answer(JsonReader in, MessageHead head) throws IOException {
    Integer nodes = null;
    List<LimitAnswer.Share> shares = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "nodes" -> nodes = in.integer();
        case "shares" -> shares = in.list(LimitJson::share);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new LimitAnswer(
        head.stamp(), JsonReader.required("nodes", nodes), JsonReader.required("shares", shares));
  }

  private static LimitAnswer.Share share(JsonReader in) throws IOException {
    String secret = null;
    Integer connections = null;
    Long rate = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = in.integer();
        case "rate" -> rate = in.number();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitAnswer.Share(JsonReader.required("secret", secret), connections, rate);
  }
}
