package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code secrets}. */
final class SecretsReader {
  private final Settings settings;
  private final Values values;

  SecretsReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** Those that are right, in the operator's order; no two have one key. */
  List<NamedSecret> read() {
    Map<String, NamedSecret> byKey = new LinkedHashMap<>();
    settings
        .entriesOf(Option.SECRETS)
        .forEach(
            (name, setting) -> {
              NamedSecret secret = secret(name, setting);
              if (secret == null) {
                return;
              }
              String key = secret.secret().toHex().substring(0, 2 + 2 * Secret.KEY_LENGTH);
              NamedSecret other = byKey.putIfAbsent(key, secret);
              if (other != null) {
                values.mistake(setting, "it has the same key as " + Quoted.key(other.name()));
              }
            });
    return List.copyOf(byKey.values());
  }

  private @Nullable NamedSecret secret(String name, Setting setting) {
    if (setting.texts().size() != 1) {
      values.mistake(setting, "one secret is right here, not a list");
      return null;
    }
    if (Secret.isPerhapsIn(name)) {
      values.mistake(setting, "a secret stands where its name belongs: NAME: SECRET is right");
      return null;
    }
    try {
      return new NamedSecret(name, Secret.parse(setting.texts().getFirst()));
    } catch (IllegalArgumentException e) {
      values.mistake(setting, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
