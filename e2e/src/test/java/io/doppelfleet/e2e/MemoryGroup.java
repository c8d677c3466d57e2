package io.doppelfleet.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A control group within this process's own, with a bound of memory: cgroups(7), version 1 or 2.
 */
final class MemoryGroup implements AutoCloseable {
  private static final Path TREE = Path.of("/sys/fs/cgroup");

  private final Path directory;
  private final boolean first;

  private MemoryGroup(Path directory, boolean first) {
    this.directory = directory;
    this.first = first;
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
    MemoryGroup group = new MemoryGroup(directory, isFirst);
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      return abort("no control group can be made here, so none bounds a node's memory: " + e);
    }
    if (!Files.isWritable(group.bound())) {
      Files.delete(directory);
      return abort("control groups have no bound of memory here, so none bounds a node's");
    }
    return group;
  }

  private Path bound() {
    return directory.resolve(first ? "memory.limit_in_bytes" : "memory.max");
  }

  /** What runs the command behind it in this group. */
  List<String> command() {
    return List.of(
        "sh", "-c", "echo $$ > " + directory.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
  }

  /** Three quarters of what is little: a 16th of the bound. */
  void leaveLittle() throws IOException {
    String used = first ? "memory.usage_in_bytes" : "memory.current";
    String inactive = first ? "total_inactive_file" : "inactive_file";
    Matcher found =
        Pattern.compile("(?m)^" + inactive + " (\\d+)$")
            .matcher(Files.readString(directory.resolve("memory.stat")));
    long files = found.find() ? Long.parseLong(found.group(1)) : 0;
    long needed = Long.parseLong(Files.readString(directory.resolve(used)).strip()) - files;
    Files.writeString(bound(), Long.toString(needed * 64 / 61));
  }

  /** No bound any more. */
  void leaveAll() throws IOException {
    Files.writeString(bound(), first ? "-1" : "max");
  }

  /** Once its processes have ended. */
  @Override
  public void close() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> Files.deleteIfExists(directory));
  }
}
