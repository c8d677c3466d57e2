package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Processes and their files, none of which outlives this one, on Ctrl-C neither. */
final class Children {
  private static final int GRACE_SECONDS = 5;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private final Path directory;

  Children() throws IOException {
    directory = Files.createTempDirectory("doppelfleet-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(this::clear));
  }

  /** A new directory for a process's files. */
  Path directory() throws IOException {
    return Files.createTempDirectory(directory, "node");
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

  Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    running.add(process);
    return process;
  }

  void stop(Process process) {
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
