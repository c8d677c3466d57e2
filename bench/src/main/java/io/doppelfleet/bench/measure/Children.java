package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Processes and their files. None outlives this one, on Ctrl-C neither, and after a {@code kill -9}
 * only files do.
 */
public final class Children {
  /**
   * Waits for a word; if there is none, because whoever should say it is gone, it ends the process.
   * Ctrl-C is for those who tidy up themselves.
   */
  private static final String GUARD =
      "trap '' INT TERM HUP; read -r word || kill -9 \"$1\" 2> /dev/null";

  private static final int GRACE_SECONDS = 5;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger made = new AtomicInteger();
  private final Path directory;

  /** With a directory for their files. */
  public Children() throws IOException {
    directory = Files.createTempDirectory("doppelfleet-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(this::clear));
  }

  /** A new directory for a process's files; a socket's path may be no longer than 106 letters. */
  public Path directory() throws IOException {
    return Files.createDirectory(directory.resolve("node" + made.incrementAndGet()));
  }

  private void clear() {
    running.forEach(Children::end);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("bench/run: " + directory + " is left behind: " + e.getMessage());
    }
  }

  /** Starts a process that ends when its standard input does, or is stopped. */
  public Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    running.add(process);
    return process;
  }

  /** Starts a process that knows nothing of this one, and would go on without it. */
  public Process startGuarded(ProcessBuilder builder) throws IOException {
    Process process = start(builder);
    Process guard =
        new ProcessBuilder("sh", "-c", GUARD, "guard", Long.toString(process.pid())).start();
    process
        .onExit()
        .thenRun(
            () -> {
              try (Writer word = guard.outputWriter(StandardCharsets.US_ASCII)) {
                word.write("ended\n");
              } catch (IOException e) {
                // The guard is gone before what it guarded; so is its purpose.
              }
            });
    return process;
  }

  /** Ends a process, by force after five seconds. */
  public void stop(Process process) {
    end(process);
    running.remove(process);
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
