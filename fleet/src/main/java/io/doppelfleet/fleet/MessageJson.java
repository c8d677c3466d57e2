package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A message as JSON, format 1. Its parts are those of {@link StateJson}; fields that are not below
 * are errors.
 *
 * <pre>{@code
 * {
 *   "format": 1,                                  // comes first
 *   "message": "delta",                           // comes second
 *   "sender": "control", "epoch": 1795866000000, "sequence": 4,
 *   "from": 6, "revision": 7,
 *   "checksum": "5e88...",                        // 64 hex digits
 *   "signature": "9a01...",                       // 128 hex digits
 *   "secrets": [{...}], "bans": [{...}], "lists": [{...}],    // those added or changed
 *   "settings": {...},                            // missing: as they were
 *   "gone": [{"kind": "ban", "id": "192.0.2.0/24"}]  // or "secret", "list", "settings"
 * }
 * {"format": 1, "message": "snapshot", "sender": ..., "signature": "9a01...",
 *  "state": {"format": 1, ...}}
 * {"format": 1, "message": "request", "sender": ..., "revision": 6}
 * {"format": 1, "message": "report", "sender": ..., "revision": 7,
 *  "server": "proxy.example.org:443", "cover": "www.example.org", "clients": 12,
 *  "draining": true}                                          // missing: false
 * {"format": 1, "message": "health", "sender": ..., "version": "1.0", "lag": 3,  // milliseconds
 *  "coverDown": false, "reached": [2, 4], "unreached": [5],
 *  "oldKeys": [{"secret": "alice", "connections": 3}],
 *  "probes": [{"datacenter": 2, "failures": 0, "millis": 80},       // missing: none
 *             {"datacenter": 4, "failures": 3, "failure": "late"}]}
 * {"format": 1, "message": "epoch-request", "sender": ...}
 * {"format": 1, "message": "epoch-grant", "sender": ..., "granted": 3}
 * {"format": 1, "message": "traffic", "sender": ..., "counts": [
 *  {"secret": "alice", "counter": 1, "up": 5, "down": 9, "opened": 2, "open": 1}],   // bytes
 *  "budgets": [{"secret": "alice", "held": 1048576, "asks": true}]}
 * {"format": 1, "message": "receipt", "sender": ..., "of": 17, "taken": true,
 *  "grants": [{"secret": "alice", "bytes": 67108864}]}
 * {"format": 1, "message": "seen-hellos", "sender": ..., "tokens": ["AAECAwQFAAECAwQF"]}
 * {"format": 1, "message": "known-hellos", "sender": ..., "total": 7,
 *  "tokens": ["AAECAwQFAAECAwQF"]}             // base64url; of each text 512 at most
 * {"format": 1, "message": "hello-question", "sender": ..., "from": 0, "tokens": [...]}
 * {"format": 1, "message": "hello-answer", "sender": ..., "next": 65536, "tokens": [...]}
 * {"format": 1, "message": "ban-question", "sender": ..., "prefix": "192.0.2.0/24"}
 * {"format": 1, "message": "ban-answer", "sender": ..., "connections": 3,
 *  "secrets": [{"secret": "alice", "connections": 3}]}
 * {"format": 1, "message": "node-leases", "sender": ...,
 *  "leases": [{"prefix": "192.0.2.7/32", "seconds": 3600}]}
 * {"format": 1, "message": "fleet-leases", "sender": ..., "leases": [{...}], "lifted": [{...}]}
 * {"format": 1, "message": "limit-question", "sender": ..., "uses": [
 *  {"secret": "alice",                                        // of these what is limited and used
 *   "connections": {"taken": 3, "waiting": 1, "held": 3},
 *   "addresses": {"generation": 1, "wanted": "AAEC", "seen": "AwQFBgcI"},    // base64url
 *   "rate": {"wanted": 4096, "held": 2048}}]}                 // bytes a second
 * {"format": 1, "message": "limit-answer", "sender": ..., "nodes": 2, "shares": [
 *  {"secret": "alice", "connections": 5, "addresses": "AAEC", "rate": 3072}]}
 * }</pre>
 */
public final class MessageJson {
  /** The number of this form. */
  public static final int FORMAT = 1;

  private MessageJson() {}

  /** The text of a message, UTF-8. */
  public static byte[] write(FleetMessage message) {
    return StateJson.written(
        out -> {
          out.writeStartObject();
          out.writeNumberField("format", FORMAT);
          out.writeStringField("message", word(message));
          out.writeStringField("sender", message.stamp().sender());
          out.writeNumberField("epoch", message.stamp().epoch());
          out.writeNumberField("sequence", message.stamp().sequence());
          fields(out, message);
          out.writeEndObject();
        });
  }

  private static String word(FleetMessage message) {
    return switch (message) {
      case StateDelta delta -> "delta";
      case StateSnapshot snapshot -> "snapshot";
      case StateRequest request -> "request";
      case NodeReport report -> "report";
      case NodeHealth health -> "health";
      case EpochRequest request -> "epoch-request";
      case EpochGrant grant -> "epoch-grant";
      case TrafficReport report -> "traffic";
      case TrafficReceipt receipt -> "receipt";
      case SeenHellos seen -> "seen-hellos";
      case KnownHellos known -> "known-hellos";
      case HelloQuestion question -> "hello-question";
      case HelloAnswer answer -> "hello-answer";
      case BanQuestion question -> "ban-question";
      case BanAnswer answer -> "ban-answer";
      case NodeLeases leases -> "node-leases";
      case FleetLeases leases -> "fleet-leases";
      case LimitQuestion question -> "limit-question";
      case LimitAnswer answer -> "limit-answer";
    };
  }

  private static void fields(JsonGenerator out, FleetMessage message) throws IOException {
    switch (message) {
      case StateDelta delta -> fields(out, delta);
      case StateSnapshot snapshot -> {
        out.writeStringField("signature", snapshot.signature().toHex());
        out.writeFieldName("state");
        StateJson.write(out, snapshot.state());
      }
      case StateRequest request -> out.writeNumberField("revision", request.revision());
      case NodeReport report -> {
        out.writeNumberField("revision", report.revision());
        out.writeStringField("server", report.server().toString());
        out.writeStringField("cover", report.cover());
        out.writeNumberField("clients", report.clients());
        if (report.draining()) {
          out.writeBooleanField("draining", true);
        }
      }
      case NodeHealth health -> HealthJson.write(out, health);
      case EpochRequest request -> {
        // It has nothing else to say.
      }
      case EpochGrant grant -> out.writeNumberField("granted", grant.granted());
      case TrafficReport report -> TrafficJson.write(out, report);
      case TrafficReceipt receipt -> TrafficJson.write(out, receipt);
      case SeenHellos seen -> HelloJson.write(out, seen.tokens());
      case KnownHellos known -> {
        out.writeNumberField("total", known.total());
        HelloJson.write(out, known.tokens());
      }
      case HelloQuestion question -> {
        out.writeNumberField("from", question.from());
        HelloJson.write(out, question.tokens());
      }
      case BanQuestion question -> out.writeStringField("prefix", question.prefix().toString());
      case BanAnswer answer -> BanJson.write(out, answer);
      case NodeLeases ofNode -> LeaseJson.write(out, "leases", ofNode.leases());
      case FleetLeases ofFleet -> {
        LeaseJson.write(out, "leases", ofFleet.leases());
        LeaseJson.write(out, "lifted", ofFleet.lifted());
      }
      case LimitQuestion question -> LimitJson.write(out, question);
      case LimitAnswer answer -> LimitJson.write(out, answer);
      case HelloAnswer answer -> {
        out.writeNumberField("next", answer.part().next());
        HelloJson.write(out, answer.part().tokens());
      }
    }
  }

  private static void fields(JsonGenerator out, StateDelta delta) throws IOException {
    out.writeNumberField("from", delta.from());
    out.writeNumberField("revision", delta.revision());
    out.writeStringField("checksum", delta.checksum());
    out.writeStringField("signature", delta.signature().toHex());
    StateJson.write(out, "secrets", delta.entities(), Entity.Kind.SECRET);
    StateJson.write(out, "bans", delta.entities(), Entity.Kind.BAN);
    StateJson.write(out, "lists", delta.entities(), Entity.Kind.LIST);
    for (Entity entity : delta.entities()) {
      if (entity instanceof Settings settings) {
        out.writeFieldName("settings");
        StateJson.write(out, settings);
      }
    }
    out.writeArrayFieldStart("gone");
    for (EntityId gone : delta.gone()) {
      out.writeStartObject();
      out.writeStringField("kind", word(gone.kind()));
      out.writeStringField("id", gone.id());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static String word(Entity.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The message that {@link #write} wrote.
   *
   * @throws InvalidValueException where it is cut, garbage, out of bounds or of a newer format
   */
  public static FleetMessage read(byte[] utf8) {
    return JsonReader.read(utf8, MessageJson::message);
  }

  private static FleetMessage message(JsonReader in) throws IOException {
    String word = head(in, FORMAT);
    MessageHead head = new MessageHead();
    return switch (word) {
      case "delta" -> delta(in, head);
      case "snapshot" -> snapshot(in, head);
      case "request" -> request(in, head);
      case "report" -> report(in, head);
      case "health" -> HealthJson.read(in, head);
      case "epoch-request" -> TrafficJson.epochRequest(in, head);
      case "epoch-grant" -> TrafficJson.epochGrant(in, head);
      case "traffic" -> TrafficJson.report(in, head);
      case "receipt" -> TrafficJson.receipt(in, head);
      case "seen-hellos" -> HelloJson.seen(in, head);
      case "known-hellos" -> HelloJson.known(in, head);
      case "hello-question" -> HelloJson.question(in, head);
      case "hello-answer" -> HelloJson.answer(in, head);
      case "ban-question" -> BanJson.question(in, head);
      case "ban-answer" -> BanJson.answer(in, head);
      case "node-leases" -> LeaseJson.ofNode(in, head);
      case "fleet-leases" -> LeaseJson.ofFleet(in, head);
      case "limit-question" -> LimitJson.question(in, head);
      case "limit-answer" -> LimitJson.answer(in, head);
      default ->
          throw new InvalidValueException(
              "",
              "is "
                  + Bounds.quoted(word)
                  + ": delta, snapshot, request, report, health, epoch-request, epoch-grant,"
                  + " traffic, receipt, seen-hellos, known-hellos, hello-question, hello-answer,"
                  + " ban-question, ban-answer, node-leases, fleet-leases, limit-question or"
                  + " limit-answer is right");
    };
  }

  /**
   * What each message begins with; its word.
   *
   * @param newest the newest format that is read
   */
  static String head(JsonReader in, int newest) throws IOException {
    String field = in.begin();
    if (field == null || !field.equals("format")) {
      throw new InvalidValueException("format", "is missing: a message begins with it");
    }
    long format = in.number();
    if (format > newest) {
      throw new InvalidValueException(
          "", "is " + format + ", of a newer version: this one reads " + newest);
    }
    Bounds.number("", format, 1, newest);
    field = in.next();
    if (field == null || !field.equals("message")) {
      throw new InvalidValueException("message", "is missing: it comes second");
    }
    return in.text();
  }

  private static StateDelta delta(JsonReader in, MessageHead head) throws IOException {
    Long from = null;
    String checksum = null;
    StateSignature signature = null;
    List<Entity> entities = new ArrayList<>();
    List<EntityId> gone = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "from" -> from = in.number();
        case "checksum" -> checksum = in.text();
        case "signature" -> signature = signature(in);
        case "secrets" -> entities.addAll(in.list(StateReader::secret));
        case "bans" -> entities.addAll(in.list(StateReader::ban));
        case "lists" -> entities.addAll(in.list(StateReader::list));
        case "settings" -> entities.add(StateReader.settings(in));
        case "gone" -> gone = in.list(MessageJson::gone);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new StateDelta(
        head.stamp(),
        JsonReader.required("from", from),
        head.revision(),
        JsonReader.required("checksum", checksum),
        JsonReader.required("signature", signature),
        entities,
        JsonReader.required("gone", gone));
  }

  private static EntityId gone(JsonReader in) throws IOException {
    Entity.Kind kind = null;
    String id = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "kind" -> kind = kind(in.text());
        case "id" -> id = in.text();
        default -> throw JsonReader.unknown();
      }
    }
    return new EntityId(JsonReader.required("kind", kind), JsonReader.required("id", id));
  }

  private static Entity.Kind kind(String word) {
    for (Entity.Kind kind : Entity.Kind.values()) {
      if (word(kind).equals(word)) {
        return kind;
      }
    }
    throw new InvalidValueException(
        "", "is " + Bounds.quoted(word) + ": secret, ban, list or settings is right");
  }

  private static StateSnapshot snapshot(JsonReader in, MessageHead head) throws IOException {
    FleetState state = null;
    StateSignature signature = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "state" -> state = StateReader.state(in);
        case "signature" -> signature = signature(in);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new StateSnapshot(
        head.stamp(),
        JsonReader.required("state", state),
        JsonReader.required("signature", signature));
  }

  private static StateSignature signature(JsonReader in) throws IOException {
    return new StateSignature(in.hex(2 * StateSignature.LENGTH));
  }

  private static StateRequest request(JsonReader in, MessageHead head) throws IOException {
    for (String field = in.next(); field != null; field = in.next()) {
      head.takeOrRefuse(field, in);
    }
    return new StateRequest(head.stamp(), head.revision());
  }

  private static NodeReport report(JsonReader in, MessageHead head) throws IOException {
    HostPort server = null;
    String cover = null;
    Integer clients = null;
    boolean draining = false;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "server" -> server = server(in.text());
        case "cover" -> cover = in.text();
        case "clients" -> clients = in.integer();
        case "draining" -> draining = in.truth();
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new NodeReport(
        head.stamp(),
        head.revision(),
        JsonReader.required("server", server),
        JsonReader.required("cover", cover),
        JsonReader.required("clients", clients),
        draining);
  }

  private static HostPort server(String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("", "is no HOST:PORT");
    }
  }
}
