package io.doppelfleet.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A control group within this process's own, with a bound of memory: cgroups(7), version 1 or 2.
 * Something else in it needs so much that little of all is more than a node takes unawares: beyond
 * the bound the kernel would kill it.
 */
final class MemoryGroup implements AutoCloseable {
  private static final Duration AT_MOST = Duration.ofSeconds(60);
  private static final Path TREE = Path.of("/sys/fs/cgroup");

  /** That what else there is needs, bytes. */
  private static final long OTHERS = 256L << 20;

  /** Keeps the last that it has read until there is no more. */
  private static final String HOLD =
      "{ head -c %d /dev/zero; cat; } | tail -c %d".formatted(OTHERS, OTHERS);

  private final Path directory;
  private final boolean first;
  private final Process others;

  private MemoryGroup(Path directory, boolean first) throws IOException {
    this.directory = directory;
    this.first = first;
    List<String> holding = new ArrayList<>(command());
    holding.addAll(List.of("sh", "-c", HOLD));
    this.others =
        new ProcessBuilder(holding)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Awaitility.await().atMost(AT_MOST).until(() -> needed() > OTHERS);
  }

  /** Where this machine lets one be made; else the test is left out. */
  static MemoryGroup make() throws IOException {
    String own = Files.readString(Path.of("/proc/self/cgroup"));
    Matcher first = Pattern.compile("(?m)^\\d+:memory:/(.*)$").matcher(own);
    Matcher second = Pattern.compile("(?m)^0::/(.*)$").matcher(own);
    boolean isFirst = first.find();
    Path parent =
        isFirst
            ? TREE.resolve("memory").resolve(first.group(1))
            : second.find() ? TREE.resolve(second.group(1)) : TREE;
    Path directory = parent.resolve("doppelfleet-test-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      return abort("no control group can be made here, so none bounds a node's memory: " + e);
    }
    if (!Files.isWritable(bound(directory, isFirst))) {
      Files.delete(directory);
      return abort("control groups have no bound of memory here, so none bounds a node's");
    }
    return new MemoryGroup(directory, isFirst);
  }

  private static Path bound(Path directory, boolean first) {
    return directory.resolve(first ? "memory.limit_in_bytes" : "memory.max");
  }

  /** What runs the command behind it in this group. */
  List<String> command() {
    return List.of(
        "sh", "-c", "echo $$ > " + directory.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
  }

  /** Three quarters of what is little: a 16th of the bound. */
  void leaveLittle() throws IOException {
    leaveThreeOf(64);
  }

  /** Three quarters of what is almost nothing: half of that. */
  void leaveAlmostNothing() throws IOException {
    leaveThreeOf(128);
  }

  /**
   * Three parts of the bound.
   *
   * @param parts that the bound has
   */
  private void leaveThreeOf(int parts) throws IOException {
    long bytes = needed() * parts / (parts - 3);
    Files.writeString(bound(directory, first), Long.toString(bytes));
  }

  /** Bytes, but for files that were read long ago. */
  private long needed() throws IOException {
    String used = first ? "memory.usage_in_bytes" : "memory.current";
    String inactive = first ? "total_inactive_file" : "inactive_file";
    Matcher found =
        Pattern.compile("(?m)^" + inactive + " (\\d+)$")
            .matcher(Files.readString(directory.resolve("memory.stat")));
    long files = found.find() ? Long.parseLong(found.group(1)) : 0;
    return Long.parseLong(Files.readString(directory.resolve(used)).strip()) - files;
  }

  /** No bound any more. */
  void leaveAll() throws IOException {
    Files.writeString(bound(directory, first), first ? "-1" : "max");
  }

  /** Once its other processes have ended. */
  @Override
  public void close() throws IOException {
    leaveAll();
    others.getOutputStream().close();
    Awaitility.await()
        .atMost(AT_MOST)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> Files.deleteIfExists(directory));
  }
}
