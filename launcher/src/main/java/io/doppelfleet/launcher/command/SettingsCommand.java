package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.config.Quantity;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./doppelfleet settings}: what holds for secrets that have nothing of their own. */
@Command(
    name = "settings",
    description = {
      "Sets what holds for the fleet as a whole, or shows it where nothing is said.",
      "Limits hold for each secret that has none of its own of that kind; \"none\" takes one away."
    },
    mixinStandardHelpOptions = true)
public final class SettingsCommand implements Callable<Integer> {
  @Mixin private final FleetOptions options = new FleetOptions();

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "How long a rotated key works on where a rotation says no other time.")
  private @Nullable Duration overlap;

  @Mixin private final LimitOptions limits = new LimitOptions();

  private SettingsCommand() {}

  @Override
  public Integer call() throws Exception {
    JsonObject wanted = limits.wanted();
    return options.run(
        (api, state) -> {
          ApiClient.Reply present = api.get("/settings");
          JsonObject settings = present.body();
          if (!wanted.isEmpty() || overlap != null) {
            LimitOptions.change(settings.getJsonObject("limits"), wanted);
            if (overlap != null) {
              settings.put("overlap", overlap.toSeconds());
            }
            settings =
                api.putOn(Objects.requireNonNull(present.etag()), "/settings", settings).body();
          }
          Duration time = Duration.ofSeconds(settings.getLong("overlap"));
          options.print(
              settings,
              "each secret: "
                  + LimitCommand.text(settings.getJsonObject("limits"))
                  + "a rotated key works on for "
                  + Quantity.written(time)
                  + "\n");
        });
  }
}
