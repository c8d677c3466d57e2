package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The messages about bans by rules, as {@link MessageJson} describes them. */
final class LeaseJson {
  private LeaseJson() {}

  static void write(JsonGenerator out, String field, List<Lease> leases) throws IOException {
    out.writeArrayFieldStart(field);
    for (Lease each : leases) {
      out.writeStartObject();
      out.writeStringField("prefix", each.prefix().toString());
      out.writeNumberField("seconds", each.seconds());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static NodeLeases ofNode(JsonReader in, MessageHead head) throws IOException {
    List<Lease> leases = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("leases")) {
        leases = in.list(LeaseJson::lease);
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new NodeLeases(head.stamp(), JsonReader.required("leases", leases));
  }

  static FleetLeases ofFleet(JsonReader in, MessageHead head) throws IOException {
    List<Lease> leases = null;
    List<Lease> lifted = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "leases" -> leases = in.list(LeaseJson::lease);
        case "lifted" -> lifted = in.list(LeaseJson::lease);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new FleetLeases(
        head.stamp(), JsonReader.required("leases", leases), JsonReader.required("lifted", lifted));
  }

  private static Lease lease(JsonReader in) throws IOException {
    String prefix = null;
    Integer seconds = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "prefix" -> prefix = in.text();
        case "seconds" -> seconds = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new Lease(
        Prefix.parse(JsonReader.required("prefix", prefix)),
        JsonReader.required("seconds", seconds));
  }
}
