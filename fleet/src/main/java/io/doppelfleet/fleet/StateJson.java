package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    return written(
        out -> {
          out.writeStartObject();
          out.writeNumberField("format", FORMAT);
          out.writeNumberField("revision", state.revision());
          write(out, "secrets", state.secrets());
          write(out, "bans", state.bans());
          write(out, "lists", state.lists());
          out.writeFieldName("settings");
          write(out, state.settings());
          out.writeEndObject();
        });
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
    return JsonReader.read(utf8, StateJson::state);
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
              case SECRET -> secret(in);
              case BAN -> ban(in);
              case LIST -> list(in);
              case SETTINGS -> settings(in);
            });
  }

  private interface Content {
    void write(JsonGenerator out) throws IOException;
  }

  private static byte[] written(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      content.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory can be written
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, String field, List<? extends Entity> entities)
      throws IOException {
    out.writeArrayFieldStart(field);
    for (Entity entity : entities.stream().sorted(Comparator.comparing(Entity::id)).toList()) {
      write(out, entity);
    }
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, Entity entity) throws IOException {
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

  private static void checkFormat(String path, long format) {
    if (format > FORMAT) {
      throw new InvalidValueException(
          path, "is " + format + ", of a newer version: this one reads " + FORMAT);
    }
    Bounds.number(path, format, 1, FORMAT);
  }

  private static FleetState state(JsonReader in) throws IOException {
    Long revision = null;
    List<FleetSecret> secrets = null;
    List<Ban> bans = null;
    List<PrefixList> lists = null;
    Settings settings = null;
    String field = in.begin();
    if (field == null || !field.equals("format")) {
      throw new InvalidValueException("format", "is missing: a state begins with it");
    }
    checkFormat("", in.number());
    while ((field = in.next()) != null) {
      switch (field) {
        case "revision" -> revision = in.number();
        case "secrets" -> secrets = in.list(StateJson::secret);
        case "bans" -> bans = in.list(StateJson::ban);
        case "lists" -> lists = in.list(StateJson::list);
        case "settings" -> settings = settings(in);
        default -> throw JsonReader.unknown();
      }
    }
    return new FleetState(
        JsonReader.required("revision", revision),
        JsonReader.required("secrets", secrets),
        JsonReader.required("bans", bans),
        JsonReader.required("lists", lists),
        JsonReader.required("settings", settings));
  }

  private static FleetSecret secret(JsonReader in) throws IOException {
    String name = null;
    String host = null;
    List<Key> keys = null;
    Limits limits = null;
    List<String> labels = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "name" -> name = in.name();
        case "host" -> host = in.text();
        case "keys" -> keys = in.list(StateJson::key);
        case "limits" -> limits = limits(in);
        case "labels" -> labels = in.list(JsonReader::text);
        default -> throw JsonReader.unknown();
      }
    }
    String ofAll = JsonReader.required("host", host);
    return new FleetSecret(
        JsonReader.required("name", name),
        JsonReader.required("keys", keys).stream().map(key -> key.at(ofAll)).toList(),
        JsonReader.required("limits", limits),
        unique("labels", JsonReader.required("labels", labels)));
  }

  /** A generation before its host name is known. */
  private interface Key {
    KeyGeneration at(String host);
  }

  private static Key key(JsonReader in) throws IOException {
    Integer generation = null;
    byte[] bytes = null;
    Instant from = null;
    Instant until = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "generation" -> generation = in.integer();
        case "key" -> bytes = in.key();
        case "from" -> from = in.time();
        case "until" -> until = in.time();
        default -> throw JsonReader.unknown();
      }
    }
    int number = JsonReader.required("generation", generation);
    byte[] key = JsonReader.required("key", bytes);
    Instant begin = JsonReader.required("from", from);
    Instant end = until;
    return host -> generation(number, key, host, begin, end);
  }

  private static KeyGeneration generation(
      int number, byte[] key, String host, Instant from, @Nullable Instant until) {
    try {
      return new KeyGeneration(number, Secret.of(key, host), from, until);
    } catch (SecretFormatException e) {
      throw new InvalidValueException("keys." + number, "is not right: " + e.getMessage());
    } catch (InvalidValueException e) {
      throw e.in("keys." + number);
    }
  }

  private static Limits limits(JsonReader in) throws IOException {
    Integer connections = null;
    Limits.AddressLimit addresses = null;
    Map<Limits.Period, Long> bytes = Map.of();
    Long rate = null;
    Instant expiry = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "connections" -> connections = in.integer();
        case "addresses" -> addresses = addresses(in);
        case "bytes" -> bytes = bytes(in);
        case "rate" -> rate = in.number();
        case "expiry" -> expiry = in.time();
        default -> throw JsonReader.unknown();
      }
    }
    return new Limits(connections, addresses, bytes, rate, expiry);
  }

  private static Limits.AddressLimit addresses(JsonReader in) throws IOException {
    Integer count = null;
    Duration window = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "count" -> count = in.integer();
        case "window" -> window = in.seconds();
        default -> throw JsonReader.unknown();
      }
    }
    return new Limits.AddressLimit(
        JsonReader.required("count", count), JsonReader.required("window", window));
  }

  private static Map<Limits.Period, Long> bytes(JsonReader in) throws IOException {
    Map<Limits.Period, Long> bytes = new EnumMap<>(Limits.Period.class);
    for (String field = in.begin(); field != null; field = in.next()) {
      Limits.Period period = null;
      for (Limits.Period each : Limits.Period.values()) {
        period = each.word().equals(field) ? each : period;
      }
      if (period == null) {
        throw JsonReader.unknown();
      }
      bytes.put(period, in.number());
    }
    return bytes;
  }

  private static Ban ban(JsonReader in) throws IOException {
    Prefix prefix = null;
    String reason = null;
    String author = null;
    Instant expiry = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "prefix" -> prefix = prefix(in.name());
        case "reason" -> reason = in.text();
        case "author" -> author = in.text();
        case "expiry" -> expiry = in.time();
        default -> throw JsonReader.unknown();
      }
    }
    return new Ban(
        JsonReader.required("prefix", prefix),
        JsonReader.required("reason", reason),
        JsonReader.required("author", author),
        expiry);
  }

  private static PrefixList list(JsonReader in) throws IOException {
    String name = null;
    PrefixList.Use use = null;
    List<String> prefixes = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "name" -> name = in.name();
        case "use" -> use = use(in.text());
        case "prefixes" -> prefixes = in.list(JsonReader::text);
        default -> throw JsonReader.unknown();
      }
    }
    return new PrefixList(
        JsonReader.required("name", name),
        JsonReader.required("use", use),
        JsonReader.required("prefixes", prefixes).stream().map(Prefix::parse).toList());
  }

  private static PrefixList.Use use(String word) {
    for (PrefixList.Use use : PrefixList.Use.values()) {
      if (use.word().equals(word)) {
        return use;
      }
    }
    throw new InvalidValueException(
        "", "is " + Bounds.quoted(word) + ": allow or refuse would be right");
  }

  private static Prefix prefix(String text) {
    try {
      return Prefix.parse(text);
    } catch (InvalidValueException e) {
      throw new InvalidValueException("", e.problem());
    }
  }

  private static Settings settings(JsonReader in) throws IOException {
    Limits limits = null;
    Duration overlap = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "limits" -> limits = limits(in);
        case "overlap" -> overlap = in.seconds();
        default -> throw JsonReader.unknown();
      }
    }
    return new Settings(
        JsonReader.required("limits", limits), JsonReader.required("overlap", overlap));
  }

  private static Set<String> unique(String field, List<String> texts) {
    Set<String> unique = new LinkedHashSet<>();
    for (String text : texts) {
      if (!unique.add(text)) {
        throw new InvalidValueException(
            field, "has " + Bounds.quoted(text) + " twice: once would be right");
      }
    }
    return unique;
  }
}
