package io.doppelfleet.launcher.config;

import io.doppelfleet.proxy.rule.ReplayRule;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads whom rules ban. */
final class RulesReader {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(1);
  private static final String FORM = "off, or a number and a time like 3/10m, is right";

  private final Settings settings;
  private final Values values;

  RulesReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** Null: nobody. */
  @Nullable ReplayRule read() {
    Duration ban =
        values.of(Option.RULES_FOR, ReplayRule.USUAL.ban(), text -> Values.time(text, LEAST, MOST));
    Setting said = settings.of(Option.RULES_FOR);
    Optional<ReplayRule> rule =
        values.of(Option.RULES_REPLAYS, Optional.of(usual(ban)), text -> rule(text, ban));
    if (rule.isEmpty() && said != null) {
      values.mistake(said, "nobody is banned: take it out, or proxy.rules.replays");
    }
    return rule.orElse(null);
  }

  private static ReplayRule usual(Duration ban) {
    return ReplayRule.of(ReplayRule.USUAL.replays(), ReplayRule.USUAL.within(), ban);
  }

  private static Optional<ReplayRule> rule(String text, Duration ban) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException(FORM);
    }
    return Optional.of(
        ReplayRule.of(
            Values.number(parts[0], 1, ReplayRule.MOST), Values.time(parts[1], LEAST, MOST), ban));
  }
}
