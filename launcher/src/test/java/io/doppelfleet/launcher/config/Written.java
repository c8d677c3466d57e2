package io.doppelfleet.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** What an operator wrote in a file, the environment and the system properties. */
final class Written {
  static final Path DEFAULT_STATE = Path.of("/state");
  static final String ALICE = "ee00112233445566778899aabbccddeeff612e6263";
  static final String BOB = "ee10112233445566778899aabbccddeeff612e6263";

  private final JsonObject collected = new JsonObject();

  static Written file(String... lines) {
    Written written = new Written();
    written.collected.put(
        YamlProcessor.FILE, FileSettings.read("f", String.join("\n", lines)).toJson());
    return written;
  }

  Written and(String name, String value) {
    collected.put(name, value);
    return this;
  }

  Configuration configuration() throws ConfigurationException {
    return ConfigurationSource.parse(collected, DEFAULT_STATE);
  }

  List<String> mistakes() {
    ConfigurationException e =
        catchThrowableOfType(ConfigurationException.class, this::configuration);
    assertThat(e).as("mistakes").isNotNull();
    return String.valueOf(e.getMessage()).lines().toList();
  }
}
