package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Linux says of a process (proc(5)). */
record ProcessCosts(long pid) {
  /** USER_HZ, which proc(5) counts in: 100 on every architecture that Java runs on. */
  private static final int TICKS_PER_SECOND = 100;

  /**
   * Of {@code stat}, by the program's name in parentheses; utime and stime are the 14th and 15th.
   */
  private static final Pattern STAT = Pattern.compile(".*\\)(?: \\S+){11} (\\d+) (\\d+) .*\\s*");

  /** Processor time of all threads so far, user's and system's, to 10 ms. */
  Duration processorTime() throws IOException {
    String stat = Files.readString(file("stat"));
    Matcher fields = STAT.matcher(stat);
    if (!fields.matches()) {
      throw new IOException(file("stat") + " is not as proc(5) describes it");
    }
    long ticks = Long.parseLong(fields.group(1)) + Long.parseLong(fields.group(2));
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }

  /** Resident memory, in bytes. */
  long residentBytes() throws IOException {
    for (String line : Files.readAllLines(file("status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("process " + pid + " has no VmRSS: it has ended");
  }

  private Path file(String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
