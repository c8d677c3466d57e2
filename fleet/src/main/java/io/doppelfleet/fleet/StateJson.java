package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A state, and each of its parts, as JSON, format 1. A state has one text: no white space, fields
 * and parts in the order below, entities by their ids, no field without a value. Other orders are
 * read too; fields that are not below are errors, so that no version drops what it doesn't know.
 *
 * <pre>{@code
 * {
 *   "format": 1,                                  // comes first
 *   "revision": 7,
 *   "secrets": [{
 *     "name": "alice",
 *     "host": "www.example.org",
 *     "keys": [{
 *       "generation": 1,
 *       "key": "00112233445566778899aabbccddeeff",
 *       "from": "2026-11-25T07:25:18Z",           // ISO 8601, whole seconds, UTC, as all times
 *       "until": "2026-11-26T07:25:18Z"           // missing: for ever
 *     }],
 *     "limits": {                                 // what is missing is not limited
 *       "connections": 8,
 *       "addresses": {"count": 3, "window": 86400},     // seconds
 *       "bytes": {"day": 1, "week": 2, "month": 3, "total": 4},
 *       "rate": 1048576,                          // bytes a second
 *       "expiry": "2027-01-01T00:00:00Z"
 *     },
 *     "labels": ["eu"]
 *   }],
 *   "bans": [{"prefix": "192.0.2.0/24", "reason": "probes", "author": "carol",
 *             "expiry": "2026-12-01T00:00:00Z"}],  // missing: until it is removed
 *   "lists": [{"name": "offices", "use": "allow", "prefixes": ["2001:db8::/32"]}],  // or "refuse"
 *   "settings": {"limits": {}, "overlap": 86400}  // seconds
 * }
 * }</pre>
 */
public final class StateJson {
  /** The number of this form. */
  public static final int FORMAT = 1;

  private static final JsonFactory FACTORY = new JsonFactory();

  private StateJson() {}

  /** The one text of a state, UTF-8. */
  public static byte[] write(FleetState state) {
    return written(out -> write(out, state));
  }

  static void write(JsonGenerator out, FleetState state) throws IOException {
    out.writeStartObject();
    out.writeNumberField("format", FORMAT);
    out.writeNumberField("revision", state.revision());
    write(out, "secrets", state.secrets());
    write(out, "bans", state.bans());
    write(out, "lists", state.lists());
    out.writeFieldName("settings");
    write(out, state.settings());
    out.writeEndObject();
  }

  /** The one text of a part of a state, UTF-8. Its format's number must be kept beside it. */
  public static byte[] write(Entity entity) {
    return written(out -> write(out, entity));
  }

  /** SHA-256 of the one text: two states with the same are the same. */
  public static byte[] checksum(FleetState state) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(write(state));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * The state that {@link #write(FleetState)} wrote.
   *
   * @throws InvalidValueException where it is cut, garbage, out of bounds or of a newer format
   */
  public static FleetState read(byte[] utf8) {
    return JsonReader.read(utf8, StateReader::state);
  }

  /**
   * The entity that {@link #write(Entity)} wrote.
   *
   * @param format the number that was kept beside it
   * @throws InvalidValueException where it is cut, garbage, out of bounds or of a newer format
   */
  public static Entity read(Entity.Kind kind, int format, byte[] utf8) {
    checkFormat("format", format);
    return JsonReader.read(
        utf8,
        in ->
            switch (kind) {
              case SECRET -> StateReader.secret(in);
              case BAN -> StateReader.ban(in);
              case LIST -> StateReader.list(in);
              case SETTINGS -> StateReader.settings(in);
            });
  }

  /** What stands in a text. */
  interface Content {
    void write(JsonGenerator out) throws IOException;
  }

  static byte[] written(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      content.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory can be written
    }
    return bytes.toByteArray();
  }

  /** Those of one kind. */
  static void write(JsonGenerator out, String field, List<Entity> entities, Entity.Kind kind)
      throws IOException {
    write(out, field, entities.stream().filter(each -> each.kind() == kind).toList());
  }

  private static void write(JsonGenerator out, String field, List<? extends Entity> entities)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (Entity entity : entities.stream().sorted(Comparator.comparing(Entity::id)).toList()) {
      write(out, entity);
    }
    out.writeEndArray();
  }

  static void write(JsonGenerator out, Entity entity) throws IOException {
    out.writeStartObject();
    switch (entity) {
      case FleetSecret secret -> fields(out, secret);
      case Ban ban -> {
        out.writeStringField("prefix", ban.prefix().toString());
        out.writeStringField("reason", ban.reason());
        out.writeStringField("author", ban.author());
        time(out, "expiry", ban.expiry());
      }
      case PrefixList list -> {
        out.writeStringField("name", list.name());
        out.writeStringField("use", list.use().word());
        texts(out, "prefixes", list.prefixes().stream().map(Prefix::toString).toList());
      }
      case Settings settings -> {
        fields(out, settings.limits());
        out.writeNumberField("overlap", settings.overlap().toSeconds());
      }
    }
    out.writeEndObject();
  }

  private static void fields(JsonGenerator out, FleetSecret secret) throws IOException {
    out.writeStringField("name", secret.name());
    out.writeStringField("host", secret.host());
    out.writeArrayFieldStart("keys");
    for (KeyGeneration key : secret.keys()) {
      out.writeStartObject();
      out.writeNumberField("generation", key.generation());
      out.writeStringField("key", HexFormat.of().formatHex(key.secret().key()));
      time(out, "from", key.from());
      time(out, "until", key.until());
      out.writeEndObject();
    }
    out.writeEndArray();
    fields(out, secret.limits());
    texts(out, "labels", secret.labels().stream().sorted().toList());
  }

  private static void fields(JsonGenerator out, Limits limits) throws IOException {
    out.writeObjectFieldStart("limits");
    if (limits.connections() != null) {
      out.writeNumberField("connections", limits.connections());
    }
    if (limits.addresses() != null) {
      out.writeObjectFieldStart("addresses");
      out.writeNumberField("count", limits.addresses().count());
      out.writeNumberField("window", limits.addresses().window().toSeconds());
      out.writeEndObject();
    }
    if (!limits.bytes().isEmpty()) {
      out.writeObjectFieldStart("bytes");
      for (Limits.Period period : Limits.Period.values()) {
        Long bytes = limits.bytes().get(period);
        if (bytes != null) {
          out.writeNumberField(period.word(), bytes);
        }
      }
      out.writeEndObject();
    }
    if (limits.rate() != null) {
      out.writeNumberField("rate", limits.rate());
    }
    time(out, "expiry", limits.expiry());
    out.writeEndObject();
  }

  private static void time(JsonGenerator out, String field, @Nullable Instant time)
      throws IOException {
    if (time != null) {
      out.writeStringField(field, time.toString());
    }
  }

  private static void texts(JsonGenerator out, String field, List<String> texts)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  static void checkFormat(String path, long format) {
    if (format > FORMAT) {
      throw new InvalidValueException(
          path, "is " + format + ", of a newer version: this one reads " + FORMAT);
    }
    Bounds.number(path, format, 1, FORMAT);
  }
}
