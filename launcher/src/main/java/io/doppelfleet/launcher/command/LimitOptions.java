package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.Quantity;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a secret is to be limited by. */
final class LimitOptions {
  private static final String NONE = "none";

  @Option(
      names = "--connections",
      paramLabel = "NUMBER",
      description = "At once; a phone opens up to 18.")
  private @Nullable String connections;

  @Option(
      names = "--addresses",
      paramLabel = "NUMBER/TIME",
      description = "Different ones within a time, like 3/24h; of IPv6 each /64 is one.")
  private @Nullable String addresses;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE/PERIOD",
      split = ",",
      description =
          "Up and down together, like 10GiB/month; by UTC's day, week, month, or in total; none/month"
              + " takes that one away.")
  private @Nullable List<String> bytes;

  @Option(
      names = "--rate",
      paramLabel = "SIZE/s",
      description = "Up and down together, on all nodes, like 2MiB/s.")
  private @Nullable String rate;

  @Option(
      names = "--expiry",
      paramLabel = "TIME",
      description = "When it ends, like 2027-01-01T00:00:00Z.")
  private @Nullable String expiry;

  /** What isn't said stays as it is. */
  static void change(JsonObject limits, JsonObject wanted) {
    for (Map.Entry<String, Object> each : wanted) {
      if (each.getValue() instanceof JsonObject periods && each.getKey().equals("bytes")) {
        JsonObject bytes = limits.getJsonObject("bytes", new JsonObject());
        change(bytes, periods);
        limits.put("bytes", bytes);
      } else if (each.getValue().equals(NONE)) {
        limits.remove(each.getKey());
      } else {
        limits.put(each.getKey(), each.getValue());
      }
    }
  }

  /** What was said, field by field. */
  JsonObject wanted() throws CommandException {
    JsonObject wanted = new JsonObject();
    if (connections != null) {
      wanted.put("connections", number("--connections", connections));
    }
    if (addresses != null) {
      wanted.put("addresses", window(addresses));
    }
    if (bytes != null) {
      wanted.put("bytes", periods(bytes));
    }
    if (rate != null) {
      wanted.put("rate", rate(rate));
    }
    return expiry == null ? wanted : wanted.put("expiry", expiry);
  }

  private static Object number(String option, String text) throws CommandException {
    if (text.equals(NONE)) {
      return NONE;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw CommandException.wrong(option + " \"" + text + "\": a whole number or none is right");
    }
    return Integer.parseInt(text);
  }

  private static Object rate(String text) throws CommandException {
    if (text.equals(NONE)) {
      return NONE;
    }
    try {
      if (!text.endsWith("/s")) {
        throw new IllegalArgumentException("SIZE/s like 2MiB/s or none is right");
      }
      return Quantity.size(text.substring(0, text.length() - 2));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw CommandException.wrong("--rate \"" + text + "\": " + e.getMessage());
    }
  }

  private static Object window(String text) throws CommandException {
    String[] parts = text.split("/", -1);
    if (text.equals(NONE)) {
      return NONE;
    }
    if (parts.length != 2) {
      throw CommandException.wrong(
          "--addresses \"" + text + "\": NUMBER/TIME like 3/24h or none is right");
    }
    try {
      Duration window = Quantity.duration(parts[1]);
      return new JsonObject()
          .put("count", number("--addresses", parts[0]))
          .put("window", window.toSeconds());
    } catch (IllegalArgumentException e) {
      throw CommandException.wrong("--addresses \"" + text + "\": " + e.getMessage());
    }
  }

  private static Object periods(List<String> texts) throws CommandException {
    if (texts.equals(List.of(NONE))) {
      return NONE;
    }
    JsonObject periods = new JsonObject();
    for (String text : texts) {
      String[] parts = text.split("/", -1);
      try {
        if (parts.length != 2 || periods.containsKey(parts[1])) {
          throw new IllegalArgumentException("SIZE/PERIOD like 10GiB/month, each once, is right");
        }
        periods.put(parts[1], parts[0].equals(NONE) ? NONE : Quantity.size(parts[0]));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw CommandException.wrong("--bytes \"" + text + "\": " + e.getMessage());
      }
    }
    return periods;
  }
}
