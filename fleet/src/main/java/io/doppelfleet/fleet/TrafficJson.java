package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The messages about traffic, as {@link MessageJson} describes them. */
final class TrafficJson {
  private TrafficJson() {}

  static void write(JsonGenerator out, TrafficReport report) throws IOException {
    out.writeArrayFieldStart("counts");
    for (TrafficReport.Count count : report.counts()) {
      out.writeStartObject();
      out.writeStringField("secret", count.secret());
      out.writeNumberField("counter", count.counter());
      out.writeNumberField("up", count.up());
      out.writeNumberField("down", count.down());
      out.writeNumberField("opened", count.opened());
      out.writeNumberField("open", count.open());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("budgets");
    for (TrafficReport.Budget budget : report.budgets()) {
      out.writeStartObject();
      out.writeStringField("secret", budget.secret());
      out.writeNumberField("held", budget.held());
      out.writeBooleanField("asks", budget.asks());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static void write(JsonGenerator out, TrafficReceipt receipt) throws IOException {
    out.writeNumberField("of", receipt.of());
    out.writeBooleanField("taken", receipt.taken());
    out.writeArrayFieldStart("grants");
    for (TrafficReceipt.Grant grant : receipt.grants()) {
      out.writeStartObject();
      out.writeStringField("secret", grant.secret());
      out.writeNumberField("bytes", grant.bytes());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static EpochRequest epochRequest(JsonReader in, MessageHead head) throws IOException {
    for (String field = in.next(); field != null; field = in.next()) {
      head.takeOrRefuse(field, in);
    }
    return new EpochRequest(head.stamp());
  }

  static EpochGrant epochGrant(JsonReader in, MessageHead head) throws IOException {
    Long granted = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("granted")) {
        granted = in.number();
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new EpochGrant(head.stamp(), JsonReader.required("granted", granted));
  }

  static TrafficReport report(JsonReader in, MessageHead head) throws IOException {
    List<TrafficReport.Count> counts = null;
    List<TrafficReport.Budget> budgets = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "counts" -> counts = in.list(TrafficJson::count);
        case "budgets" -> budgets = in.list(TrafficJson::budget);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new TrafficReport(
        head.stamp(),
        JsonReader.required("counts", counts),
        JsonReader.required("budgets", budgets));
  }

  private static TrafficReport.Budget budget(JsonReader in) throws IOException {
    String secret = null;
    Long held = null;
    Boolean asks = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "held" -> held = in.number();
        case "asks" -> asks = in.truth();
        default -> throw JsonReader.unknown();
      }
    }
    return new TrafficReport.Budget(
        JsonReader.required("secret", secret),
        JsonReader.required("held", held),
        JsonReader.required("asks", asks));
  }

  private static TrafficReport.Count count(JsonReader in) throws IOException {
    String secret = null;
    Long counter = null;
    Long up = null;
    Long down = null;
    Long opened = null;
    Integer open = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "counter" -> counter = in.number();
        case "up" -> up = in.number();
        case "down" -> down = in.number();
        case "opened" -> opened = in.number();
        case "open" -> open = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new TrafficReport.Count(
        JsonReader.required("secret", secret),
        JsonReader.required("counter", counter),
        JsonReader.required("up", up),
        JsonReader.required("down", down),
        JsonReader.required("opened", opened),
        JsonReader.required("open", open));
  }

  static TrafficReceipt receipt(JsonReader in, MessageHead head) throws IOException {
    Long of = null;
    Boolean taken = null;
    List<TrafficReceipt.Grant> grants = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "of" -> of = in.number();
        case "taken" -> taken = in.truth();
        case "grants" -> grants = in.list(TrafficJson::grant);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new TrafficReceipt(
        head.stamp(),
        JsonReader.required("of", of),
        JsonReader.required("taken", taken),
        JsonReader.required("grants", grants));
  }

  private static TrafficReceipt.Grant grant(JsonReader in) throws IOException {
    String secret = null;
    Long bytes = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "bytes" -> bytes = in.number();
        default -> throw JsonReader.unknown();
      }
    }
    return new TrafficReceipt.Grant(
        JsonReader.required("secret", secret), JsonReader.required("bytes", bytes));
  }
}
