package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.screen.Terminal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;

/** A line on the terminal that says how far something is; where there is none, nothing. */
final class Progress implements AutoCloseable {
  private static final Duration STEP = Duration.ofSeconds(1);

  /** To the line's begin, and the rest of it is cleared. */
  private static final String ANEW = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean shown;

  private Progress(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  /** On standard error, so that what is printed stays as it is. */
  static Progress on(PrintWriter err) {
    return new Progress(err, Terminal.isThere());
  }

  /** The same for a test. */
  static Progress on(PrintWriter err, boolean terminal) {
    return new Progress(err, terminal);
  }

  /** In place of what was said before. */
  synchronized void say(String text) {
    if (shown) {
      err.print(ANEW + text);
      err.flush();
    }
  }

  /** Says how long something has taken, each second, until it is done. */
  <T> T during(String text, Callable<T> work) throws Exception {
    long begin = System.nanoTime();
    Thread clock =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      Thread.sleep(STEP);
                      long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
                      say(text + ", " + seconds + " s");
                    }
                  } catch (InterruptedException e) {
                    return; // it is done
                  }
                });
    try {
      return work.call();
    } finally {
      clock.interrupt();
      clock.join();
    }
  }

  /** Takes the line away. */
  @Override
  public void close() {
    say("");
  }
}
