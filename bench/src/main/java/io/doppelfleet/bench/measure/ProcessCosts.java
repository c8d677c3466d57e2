package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux says of a process. */
public record ProcessCosts(long pid) {
  /**
   * USER_HZ, which proc(5) counts a thread's time in: 100 on every architecture that Java runs on.
   */
  private static final int TICKS_PER_SECOND = 100;

  /**
   * Of {@code stat}, by the program's name in parentheses; utime and stime are the 14th and 15th.
   */
  private static final Pattern STAT = Pattern.compile(".*\\)(?: \\S+){11} (\\d+) (\\d+) .*\\s*");

  /** Processor time of all threads so far, those that have ended included. */
  public Duration processorTime() throws IOException {
    return Duration.ofNanos(ProcessorClock.nanos(pid));
  }

  /** That of each thread that runs now, to 10 ms, by its number. */
  Map<Long, Duration> threadTimes() throws IOException {
    List<Path> threads;
    try (Stream<Path> tasks = Files.list(file("task"))) {
      threads = tasks.toList();
    }
    Map<Long, Duration> times = new HashMap<>();
    for (Path thread : threads) {
      try {
        long number = Long.parseLong(thread.getFileName().toString());
        times.put(number, threadTime(thread.resolve("stat")));
      } catch (NoSuchFileException e) {
        // It has just ended.
      }
    }
    return times;
  }

  private static Duration threadTime(Path file) throws IOException {
    Matcher fields = STAT.matcher(Files.readString(file));
    if (!fields.matches()) {
      throw new IOException(file + " is not as proc(5) describes it");
    }
    long ticks = Long.parseLong(fields.group(1)) + Long.parseLong(fields.group(2));
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }

  /** Resident memory, in bytes: exact, where {@code status} may be off by some pages a thread. */
  public long residentBytes() throws IOException {
    for (String line : Files.readAllLines(file("smaps_rollup"))) {
      if (line.startsWith("Rss:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("process " + pid + " has no resident memory: it has ended");
  }

  /** Files and sockets that it has open. */
  public int openFiles() throws IOException {
    try (Stream<Path> open = Files.list(file("fd"))) {
      return (int) open.count();
    }
  }

  private Path file(String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
