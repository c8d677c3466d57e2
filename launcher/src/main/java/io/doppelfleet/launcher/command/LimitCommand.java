package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.Quantity;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private final FleetOptions options = new FleetOptions();

  @Parameters(paramLabel = "NAME", description = "The secret.")
  private String name = "";

  @Mixin private final LimitOptions limits = new LimitOptions();

  private LimitCommand() {}

  @Override
  public Integer call() throws Exception {
    JsonObject wanted = limits.wanted();
    return options.run(
        (api, state) -> {
          String path = "/secrets/" + ApiClient.part(name);
          ApiClient.Reply present = api.get(path);
          JsonObject all = present.body().getJsonObject("limits");
          if (wanted.isEmpty()) {
            options.print(present.body(), text(all));
            return;
          }
          LimitOptions.change(all, wanted);
          JsonObject body =
              api.putOn(Objects.requireNonNull(present.etag()), path + "/limits", all).body();
          options.print(body, "limited " + name + ": " + text(body.getJsonObject("limits")));
        });
  }

  /** Limits for people, on a line. */
  static String text(JsonObject limits) {
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
