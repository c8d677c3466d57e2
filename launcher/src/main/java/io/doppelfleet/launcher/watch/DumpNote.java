package io.doppelfleet.launcher.watch;

import io.doppelfleet.proxy.Vitals;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a thread dump says of the whole process. SIGQUIT is the virtual machine's own, which prints
 * all threads to standard output and lets nobody add to it: so the thread that waits for the
 * process's end has what the node is doing as its name. It needs no event loop, for these may be
 * what is stuck. No name, address or key is in it.
 */
public final class DumpNote {
  private static final long EVERY_MILLIS = 1_000;

  /** The worst are of interest. */
  private static final int MOST_LOOPS = 8;

  private final Health health;
  private final @Nullable Supplier<Vitals> node;
  private final Supplier<String> control;

  /**
   * With what is told.
   *
   * @param node null: none is here
   * @param control how it stands with the control, in a few words; empty where there is none
   */
  public DumpNote(Health health, @Nullable Supplier<Vitals> node, Supplier<String> control) {
    this.health = health;
    this.node = node;
    this.control = control;
  }

  /** Waits, and is the calling thread's name meanwhile: what it logs then has its own again. */
  public <T> T await(CompletableFuture<T> end) throws InterruptedException, ExecutionException {
    Thread own = Thread.currentThread();
    String name = own.getName();
    try {
      while (true) {
        own.setName(name + ": " + note());
        try {
          return end.get(EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // What was said is old.
        }
      }
    } finally {
      own.setName(name);
    }
  }

  /** Whatever fails in it, the process goes on. */
  private String note() {
    try {
      return text(Instant.now());
    } catch (RuntimeException e) {
      return "what it does can't be said: " + e.getClass().getSimpleName();
    }
  }

  /** One line. */
  String text(Instant now) {
    List<String> unready = health.unready();
    StringBuilder text = new StringBuilder(400);
    text.append("at ").append(now.truncatedTo(ChronoUnit.SECONDS)).append(' ');
    text.append(unready.isEmpty() ? "ready" : "not ready: " + String.join(", ", unready));
    if (node != null) {
      add(text, node.get());
    }
    String words = control.get();
    if (!words.isEmpty()) {
      text.append("; ").append(words);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, Vitals vitals) {
    text.append("; ").append(vitals.connections()).append(" connections of ");
    text.append(vitals.limit()).append(": ").append(vitals.clients()).append(" clients, ");
    text.append(vitals.strangers()).append(" strangers, ");
    text.append(vitals.undecided()).append(" undecided; ");
    text.append(vitals.loops().size()).append(" loops, the worst: ");
    vitals.loops().stream()
        .sorted(Comparator.comparingDouble(Vitals.Loop::lagSeconds).reversed())
        .limit(MOST_LOOPS)
        .forEach(
            loop ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "(%.3f s late, %d bytes and %d dials wait) ",
                        loop.lagSeconds(),
                        loop.waitingBytes(),
                        loop.waitingDials())));
    text.setCharAt(text.length() - 1, ';');
    text.append(" buffers ").append(vitals.bufferBytes()).append(" bytes; the cover ");
    text.append(vitals.coverDown() ? "doesn't answer" : "answers").append("; data centres ");
    text.append(
        vitals.datacentersDown().isEmpty()
            ? "answer"
            : "that don't answer: " + String.join(" ", vitals.datacentersDown()));
    if (vitals.upstreams() > 0) {
      text.append("; ").append(vitals.upstreamsDown()).append(" upstreams of ");
      text.append(vitals.upstreams()).append(" down");
    }
  }
}
