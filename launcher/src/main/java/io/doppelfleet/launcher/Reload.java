package io.doppelfleet.launcher;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Changes;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationException;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.screen.Terminal;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a changed configuration file changes while the node runs, which are the secrets of a
 * node by itself, and says what waits for the next start. A file with a mistake changes nothing.
 */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /** A file that is taken has been the same for so long: whoever writes it may not be through. */
  private static final long LOOK_MILLIS = 5_000;

  private final Path file;
  private final Source source;
  private final Configuration started;
  private final @Nullable Consumer<List<NamedSecret>> secrets;
  private Configuration running;

  /** What the file looked like when it was read last, and at the last look. */
  private String read;

  private String seen;

  /** Reads the configuration anew. */
  interface Source {
    /** With each mistake where there are any. */
    Configuration read() throws ConfigurationException;
  }

  /**
   * Looks at nothing yet.
   *
   * @param started what the process was started with
   * @param secrets takes other ones, and may block; null: a control has them
   */
  Reload(
      Path file,
      Source source,
      Configuration started,
      @Nullable Consumer<List<NamedSecret>> secrets) {
    this.file = file;
    this.source = source;
    this.started = started;
    this.secrets = secrets;
    this.running = started;
    this.read = looksLike(file);
    this.seen = read;
  }

  /**
   * Follows the file that a process was started with, if there is one, until Vert.x ends; and where
   * it has no terminal, with which it would end, takes the file at each SIGHUP.
   */
  static void begin(
      Vertx vertx,
      @Nullable Path file,
      Configuration started,
      @Nullable Consumer<List<NamedSecret>> secrets) {
    if (file == null) {
      return;
    }
    Reload reload =
        new Reload(
            file,
            () -> ConfigurationSource.read(file, NodeOptions.defaultState()),
            started,
            secrets);
    reload.follow(vertx);
    if (!Terminal.isThere()) {
      Signals.atHangup(() -> Thread.ofPlatform().daemon().name("reload").start(reload::take));
    }
  }

  private void follow(Vertx vertx) {
    vertx.setPeriodic(
        LOOK_MILLIS,
        tick ->
            vertx.executeBlocking(
                () -> {
                  look();
                  return null;
                }));
  }

  /** Takes the file if it is another one and was the same at the last look. Blocks. */
  synchronized void look() {
    String now = looksLike(file);
    boolean stays = now.equals(seen);
    seen = now;
    if (stays && !now.equals(read) && !now.isEmpty()) {
      take();
    }
  }

  /** Takes it as it is, for somebody asks. Blocks. */
  synchronized void take() {
    read = looksLike(file);
    seen = read;
    Configuration written;
    try {
      written = source.read();
    } catch (ConfigurationException e) {
      LOG.warn("the node goes on with the configuration that it has:\n{}", e.getMessage());
      return;
    }
    List<String> later = Changes.forTheNextStart(started, written);
    Consumer<List<NamedSecret>> taker = secrets;
    if (taker != null && Changes.secretsToTake(running, written)) {
      taker.accept(written.secrets());
      running = written;
      LOG.info("{} was read anew: {} secrets now", file, written.secrets().size());
    } else if (later.isEmpty()) {
      LOG.info("{} was read anew, and nothing is to be changed", file);
    }
    if (!later.isEmpty()) {
      LOG.warn("{}: these wait for the next start: {}", file, String.join(", ", later));
    }
  }

  /** From outside; empty where it isn't there. */
  private static String looksLike(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size()
          + " "
          + attributes.lastModifiedTime().toInstant()
          + " "
          + attributes.fileKey();
    } catch (IOException e) {
      return "";
    }
  }
}
