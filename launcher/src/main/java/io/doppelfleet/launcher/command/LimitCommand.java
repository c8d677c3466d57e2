package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.Quantity;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./doppelfleet secret limit}: what a secret may use. */
@Command(
    name = "limit",
    description = {
      "Sets limits of a secret, or shows them where none are said; \"none\" takes one away.",
      "Who is over a limit meets the cover site; when the bytes are spent connections are cut."
    },
    mixinStandardHelpOptions = true)
final class LimitCommand implements Callable<Integer> {
  private static final String NONE = "none";

  @Mixin private final FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "NAME", description = "The secret.")
  private String name = "";

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
      description = "Up and down together, on each node, like 2MiB/s.")
  private @Nullable String rate;

  @Option(
      names = "--expiry",
      paramLabel = "TIME",
      description = "When it ends, like 2027-01-01T00:00:00Z.")
  private @Nullable String expiry;

  private LimitCommand() {}

  @Override
  public Integer call() throws Exception {
    JsonObject wanted = wanted();
    return options.run(
        (api, state) -> {
          String path = "/secrets/" + ApiClient.part(name);
          ApiClient.Reply present = api.get(path);
          JsonObject limits = present.body().getJsonObject("limits");
          if (wanted.isEmpty()) {
            options.print(present.body(), text(limits));
            return;
          }
          change(limits, wanted);
          JsonObject body =
              api.putOn(Objects.requireNonNull(present.etag()), path + "/limits", limits).body();
          options.print(body, "limited " + name + ": " + text(body.getJsonObject("limits")));
        });
  }

  /** What isn't said stays as it is. */
  private static void change(JsonObject limits, JsonObject wanted) {
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
  private JsonObject wanted() throws CommandException {
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

  private static String text(JsonObject limits) {
    StringJoiner text = new StringJoiner(", ", "", "\n").setEmptyValue("no limits\n");
    if (limits.containsKey("connections")) {
      text.add(limits.getInteger("connections") + " connections");
    }
    JsonObject addresses = limits.getJsonObject("addresses");
    if (addresses != null) {
      Duration window = Duration.ofSeconds(addresses.getLong("window"));
      text.add(addresses.getInteger("count") + " addresses in " + Quantity.written(window));
    }
    JsonObject bytes = limits.getJsonObject("bytes", new JsonObject());
    for (Map.Entry<String, Object> each : bytes) {
      text.add(Bytes.of(((Number) each.getValue()).longValue()) + " a " + each.getKey());
    }
    if (limits.containsKey("rate")) {
      text.add(Bytes.of(limits.getLong("rate")) + " a second");
    }
    if (limits.containsKey("expiry")) {
      text.add("until " + limits.getString("expiry"));
    }
    return text.toString().replace("a total", "in total");
  }
}
