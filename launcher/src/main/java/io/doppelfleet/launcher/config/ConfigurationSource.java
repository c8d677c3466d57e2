package io.doppelfleet.launcher.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** File, environment and system properties, in this order of rising weight, by vertx-config. */
public final class ConfigurationSource {
  private ConfigurationSource() {}

  /**
   * Reads and checks everything that the operator wrote.
   *
   * @param file null for no file
   * @param defaultState the state directory where nothing else is said
   * @throws ConfigurationException with every mistake
   */
  public static Configuration read(@Nullable Path file, Path defaultState)
      throws ConfigurationException {
    if (file != null && !Files.isRegularFile(file)) {
      throw new ConfigurationException(file.toString(), "there is no such file");
    }
    if (file != null && !Files.isReadable(file)) {
      throw new ConfigurationException(
          file.toString(), "it can't be read: let this user read it (chown, chmod)");
    }
    return parse(collect(file), defaultState);
  }

  /**
   * Checks what vertx-config collected.
   *
   * @throws ConfigurationException with every mistake
   */
  static Configuration parse(JsonObject collected, Path defaultState)
      throws ConfigurationException {
    List<Mistake> mistakes = new ArrayList<>();
    Settings settings = new Settings(mistakes);
    JsonObject ofFile = collected.getJsonObject(YamlProcessor.FILE);
    if (ofFile != null) {
      FileSettings read = FileSettings.ofJson(ofFile);
      mistakes.addAll(read.mistakes);
      read.settings.forEach(settings::addOfFile);
    }
    // Sorted, so that mistakes come in the same order each time.
    var sorted = new TreeMap<>(collected.getMap());
    sorted.forEach(
        (name, value) -> {
          if (name.startsWith(Origin.VARIABLES)) {
            settings.addVariable(name, String.valueOf(value));
          }
        });
    sorted.forEach(
        (name, value) -> {
          if (name.startsWith(Origin.PROPERTIES)) {
            settings.addProperty(name, String.valueOf(value));
          }
        });
    ConfigurationReader reader = new ConfigurationReader(settings, mistakes);
    Configuration configuration = reader.read(defaultState);
    reader.failOnMistakes();
    return configuration;
  }

  /**
   * The node's own Vert.x is built from the configuration, so a small one of its own reads it. The
   * stores' merging keeps names apart; {@link Settings} weighs them, since only it knows which
   * variable means which key.
   */
  private static JsonObject collect(@Nullable Path file) {
    ConfigRetrieverOptions options =
        new ConfigRetrieverOptions()
            .setIncludeDefaultStores(false)
            .setScanPeriod(-1)
            .addStore(
                new ConfigStoreOptions()
                    .setType("env")
                    .setConfig(new JsonObject().put("raw-data", true)))
            .addStore(
                new ConfigStoreOptions()
                    .setType("sys")
                    .setConfig(new JsonObject().put("raw-data", true)));
    if (file != null) {
      options
          .getStores()
          .addFirst(
              new ConfigStoreOptions()
                  .setType("file")
                  .setFormat(YamlProcessor.NAME)
                  .setConfig(
                      new JsonObject()
                          .put("path", file.toAbsolutePath().toString())
                          .put(YamlProcessor.PATH, file.toString())));
    }
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    try {
      return ConfigRetriever.create(vertx, options).getConfig().await();
    } finally {
      vertx.close().await();
    }
  }
}
