package io.doppelfleet.launcher;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.launcher.config.Changes;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationException;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.screen.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a changed configuration file changes while the process runs, which are the secrets of
 * a node by itself, and says what waits for the next start. A file with a mistake changes nothing,
 * and is tried again.
 */
final class Reload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /** A file that is taken has been the same for so long: whoever writes it may not be through. */
  private static final long LOOK_MILLIS = 5_000;

  private static final Duration TO_END = Duration.ofSeconds(5);

  private final @Nullable Path file;
  private final Source source;
  private final AtomicBoolean asked = new AtomicBoolean();

  /** Ends the follower's sleep. */
  private final Semaphore wakes = new Semaphore(0);

  private volatile @Nullable Thread follower;
  private volatile boolean closed;

  /** What the file looked like when it was read last, and at the last look. */
  private String read;

  private String seen;

  /** The last failure, which is said once. */
  private String told = "";

  /** Reads the configuration anew. */
  interface Source {
    /** Blocks; fails with each mistake where there are any. */
    Configuration read() throws ConfigurationException;
  }

  /** What is done with what was read. */
  interface Taker {
    /** Other secrets, which the process runs from now on; blocks. */
    void take(List<NamedSecret> secrets);

    /** How it went, for whoever asks how the process fares. */
    void tell(String how);
  }

  /** With a file that nobody has read yet: what is changed after this is a change. */
  Reload(@Nullable Path file, Source source) {
    this.file = file;
    this.source = source;
    this.read = looksLike(file);
    this.seen = read;
  }

  /** From now on SIGHUP, which ends who is left by a terminal, has the file taken elsewhere. */
  static Reload hearing(@Nullable Path file) {
    Reload reload =
        new Reload(file, () -> ConfigurationSource.read(file, NodeOptions.defaultState()));
    if (!Terminal.controls()) {
      Signals.atHangup(reload::ask);
    }
    return reload;
  }

  private void ask() {
    if (file == null) {
      LOG.info("SIGHUP: there is no configuration file to be read anew");
    }
    asked.set(true);
    wakes.release();
  }

  /**
   * Follows the file on a thread of its own, until this is closed.
   *
   * @param started what the process was started with
   * @param secrets whether it can take other ones: else a control has them
   */
  void begin(Configuration started, boolean secrets, Taker taker) {
    if (file != null) {
      Follower work = new Follower(started, secrets, taker);
      follower = Thread.ofPlatform().daemon().name("configuration").start(() -> follow(work));
    }
  }

  private void follow(Follower work) {
    try {
      while (isAskedOrDue()) {
        work.look();
      }
    } catch (InterruptedException e) {
      // Nobody wants more of it.
    }
  }

  /** Waits; false: this is closed. */
  private boolean isAskedOrDue() throws InterruptedException {
    var _ = wakes.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS); // somebody asks, or it is due
    return !closed;
  }

  /** Takes nothing more; done when what is under way is, or after some seconds. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    wakes.release();
    Thread thread = follower;
    if (thread != null) {
      thread.join(TO_END);
    }
  }

  /** What is done with the file. For one thread. */
  final class Follower {
    private final Configuration started;
    private final boolean secrets;
    private final Taker taker;
    private List<NamedSecret> taken;

    /** With what the process runs. */
    Follower(Configuration started, boolean secrets, Taker taker) {
      this.started = started;
      this.secrets = secrets;
      this.taker = taker;
      this.taken = started.secrets();
    }

    /**
     * Takes the file if somebody asks, or if it is another one and was the same at the last look.
     */
    void look() {
      String now = looksLike(file);
      boolean wanted = asked.getAndSet(false);
      boolean stays = now.equals(seen);
      seen = now;
      if (wanted) {
        told = "";
      }
      if (wanted || (stays && !now.equals(read) && !now.isEmpty())) {
        take(now, wanted);
      }
    }

    private void take(String now, boolean wanted) {
      Configuration written;
      try {
        written = source.read();
      } catch (ConfigurationException e) {
        fail(String.valueOf(e.getMessage()));
        return;
      } catch (RuntimeException e) { // it went away while it was read
        fail("it can't be read (" + e.getClass().getSimpleName() + ")");
        return;
      }
      read = now;
      told = "";
      List<String> later = new ArrayList<>(Changes.forTheNextStart(started, written));
      boolean others = !written.secrets().equals(taken);
      boolean take = others && secrets && Changes.canBeTaken(started, written.secrets());
      if (take) {
        taker.take(written.secrets());
        taken = written.secrets();
        LOG.info("{} was read anew: {} secrets now", file, taken.size());
      } else if (others) {
        later.add("secrets (those of before are served still)");
      }
      if (!later.isEmpty()) {
        LOG.warn("{}: these wait for the next start: {}", file, String.join(", ", later));
      } else if (wanted && !take) {
        LOG.info("{} was read anew, and nothing is to be changed", file);
      }
      taker.tell(
          later.isEmpty() ? "runs what its configuration says" : "some changes wait for a restart");
    }

    /** The same is said once. */
    private void fail(String why) {
      if (!why.equals(told)) {
        told = why;
        LOG.warn("what runs goes on with the configuration that it has:\n{}", why);
        taker.tell("goes on with the configuration of before: the new one has mistakes");
      }
    }
  }

  /** From outside; empty where it isn't there. */
  private static String looksLike(@Nullable Path file) {
    if (file == null) {
      return "";
    }
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
