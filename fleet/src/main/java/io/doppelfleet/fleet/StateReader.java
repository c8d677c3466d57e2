package io.doppelfleet.fleet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a state and its parts, as {@link StateJson} describes them. */
final class StateReader {
  private StateReader() {}

  static FleetState state(JsonReader in) throws IOException {
    Long revision = null;
    List<FleetSecret> secrets = null;
    List<Ban> bans = null;
    List<PrefixList> lists = null;
    Settings settings = null;
    String field = in.begin();
    if (field == null || !field.equals("format")) {
      throw new InvalidValueException("format", "is missing: a state begins with it");
    }
    StateJson.checkFormat("", in.number());
    while ((field = in.next()) != null) {
      switch (field) {
        case "revision" -> revision = in.number();
        case "secrets" -> secrets = in.list(StateReader::secret);
        case "bans" -> bans = in.list(StateReader::ban);
        case "lists" -> lists = in.list(StateReader::list);
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

  static FleetSecret secret(JsonReader in) throws IOException {
    String name = null;
    String host = null;
    List<Key> keys = null;
    Limits limits = null;
    List<String> labels = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "name" -> name = in.name();
        case "host" -> host = in.text();
        case "keys" -> keys = in.list(StateReader::key);
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
        case "key" -> bytes = in.hex(2 * Secret.KEY_LENGTH);
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

  static Ban ban(JsonReader in) throws IOException {
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

  static PrefixList list(JsonReader in) throws IOException {
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

  static Settings settings(JsonReader in) throws IOException {
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
