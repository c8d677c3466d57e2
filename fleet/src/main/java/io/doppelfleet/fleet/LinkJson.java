package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A {@link LinkMessage} as JSON, format 1. Bytes are hex; fields that are not below are errors.
 *
 * <pre>{@code
 * {"format": 1, "message": "join", "secret": "0011...", "key": "3059..."}
 * {"format": 1, "message": "joined", "name": "paris", "sender": "node-3",
 *  "certificate": "3082...", "authority": "3082...", "states": "302a..."}
 * {"format": 1, "message": "hello", "instance": "0011...", "version": 2}   // missing: 1
 * {"format": 1, "message": "welcome", "epoch": 7, "version": 2}            // missing: 1
 * {"format": 1, "message": "refusal", "kind": "removed", "why": "..."}   // or "later", "wrong"
 * {"format": 1, "message": "renewal"}
 * {"format": 1, "message": "renewed", "certificate": "3082..."}
 * {"format": 1, "message": "drain", "seconds": 300}
 * {"format": 1, "message": "beat"}
 * }</pre>
 */
public final class LinkJson {
  /** The number of this form. */
  public static final int FORMAT = 1;

  private LinkJson() {}

  /** The text of a message, UTF-8. */
  public static byte[] write(LinkMessage message) {
    return StateJson.written(
        out -> {
          out.writeStartObject();
          out.writeNumberField("format", FORMAT);
          out.writeStringField(
              "message", message.getClass().getSimpleName().toLowerCase(Locale.ROOT));
          fields(out, message);
          out.writeEndObject();
        });
  }

  private static void fields(JsonGenerator out, LinkMessage message) throws IOException {
    switch (message) {
      case LinkMessage.Join join -> {
        out.writeStringField("secret", join.secret().toHex());
        out.writeStringField("key", join.key().toHex());
      }
      case LinkMessage.Joined joined -> {
        out.writeStringField("name", joined.name());
        out.writeStringField("sender", joined.sender());
        out.writeStringField("certificate", joined.certificate().toHex());
        out.writeStringField("authority", joined.authority().toHex());
        out.writeStringField("states", joined.states().toHex());
      }
      case LinkMessage.Hello hello -> {
        out.writeStringField("instance", hello.instance());
        version(out, hello.version());
      }
      case LinkMessage.Welcome welcome -> {
        out.writeNumberField("epoch", welcome.epoch());
        version(out, welcome.version());
      }
      case LinkMessage.Refusal refusal -> {
        out.writeStringField("kind", word(refusal.kind()));
        out.writeStringField("why", refusal.why());
      }
      case LinkMessage.Renewed renewed ->
          out.writeStringField("certificate", renewed.certificate().toHex());
      case LinkMessage.Drain drain -> out.writeNumberField("seconds", drain.seconds());
      case LinkMessage.Renewal renewal -> {}
      case LinkMessage.Beat beat -> {}
    }
  }

  /** Those of before don't know the field. */
  private static void version(JsonGenerator out, int version) throws IOException {
    if (version != LinkMessage.FIRST) {
      out.writeNumberField("version", version);
    }
  }

  private static String word(LinkMessage.Refusal.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The message that {@link #write} wrote.
   *
   * @throws InvalidValueException where it is cut, garbage, out of bounds or of a newer format
   */
  public static LinkMessage read(byte[] utf8) {
    return JsonReader.read(utf8, LinkJson::message);
  }

  private static LinkMessage message(JsonReader in) throws IOException {
    String word = MessageJson.head(in, FORMAT);
    Fields fields = new Fields(in);
    LinkMessage message =
        switch (word) {
          case "join" -> new LinkMessage.Join(fields.bytes("secret"), fields.bytes("key"));
          case "joined" ->
              new LinkMessage.Joined(
                  fields.text("name"),
                  fields.text("sender"),
                  fields.bytes("certificate"),
                  fields.bytes("authority"),
                  fields.bytes("states"));
          case "hello" -> new LinkMessage.Hello(fields.text("instance"), fields.version());
          case "welcome" -> new LinkMessage.Welcome(fields.number("epoch"), fields.version());
          case "refusal" -> new LinkMessage.Refusal(kind(fields.text("kind")), fields.text("why"));
          case "renewal" -> new LinkMessage.Renewal();
          case "renewed" -> new LinkMessage.Renewed(fields.bytes("certificate"));
          case "drain" -> new LinkMessage.Drain(fields.number("seconds"));
          case "beat" -> new LinkMessage.Beat();
          default ->
              throw new InvalidValueException(
                  "message", "is " + Bounds.quoted(word) + ", which no link has");
        };
    fields.end();
    return message;
  }

  private static LinkMessage.Refusal.Kind kind(String word) {
    for (LinkMessage.Refusal.Kind kind : LinkMessage.Refusal.Kind.values()) {
      if (word(kind).equals(word)) {
        return kind;
      }
    }
    throw new InvalidValueException(
        "kind", "is " + Bounds.quoted(word) + ": later, wrong or removed would be right");
  }

  /** The fields of one message, which has few. */
  private static final class Fields {
    private static final Set<String> NUMBERS = Set.of("epoch", "seconds", "version");

    private final Map<String, Object> byName = new TreeMap<>();

    Fields(JsonReader in) throws IOException {
      for (String field = in.next(); field != null; field = in.next()) {
        byName.put(field, NUMBERS.contains(field) ? in.number() : in.text());
      }
    }

    String text(String field) {
      return (String) JsonReader.required(field, byName.remove(field));
    }

    long number(String field) {
      return (Long) JsonReader.required(field, byName.remove(field));
    }

    int version() {
      if (!byName.containsKey("version")) {
        return LinkMessage.FIRST;
      }
      long version = number("version");
      Bounds.number("version", version, LinkMessage.FIRST, Integer.MAX_VALUE);
      return (int) version;
    }

    Octets bytes(String field) {
      try {
        return Octets.parse(text(field));
      } catch (IllegalArgumentException e) { // its words quote what may be secret
        throw new InvalidValueException(field, "is no hex");
      }
    }

    void end() {
      if (!byName.isEmpty()) {
        throw new InvalidValueException(
            Bounds.line(byName.keySet().iterator().next()), "is no field of this format");
      }
    }
  }
}
