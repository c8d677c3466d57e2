package io.doppelfleet.launcher.config;

import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * Reads the configuration file for vertx-config. The processor that comes with vertx-config makes
 * values of the YAML: it forgets the lines, keeps the last of two equal keys and takes a secret of
 * digits for a number. This one keeps every word as it was written.
 */
public final class YamlProcessor implements ConfigProcessor {
  static final String NAME = "doppelfleet-yaml";

  /** The one key of the result. Neither a variable nor a property of ours can have this name. */
  static final String FILE = "doppelfleet-file";

  /** In the store's configuration: how messages name the file. */
  static final String PATH = "named";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
    FileSettings settings = FileSettings.read(configuration.getString(PATH), input.toString());
    return Future.succeededFuture(new JsonObject().put(FILE, settings.toJson()));
  }
}
