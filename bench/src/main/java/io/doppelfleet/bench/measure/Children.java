package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The processes that were started, all of which end before this one, on Ctrl-C too. */
final class Children {
  private static final int GRACE_SECONDS = 5;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  Children() {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Children::end)));
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
