package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processors that this process may use, shared out as if the node had a machine of its own: it
 * has the first half of them, everybody else the others. Where there is one alone all have that.
 *
 * @param node as taskset(1) takes them
 * @param others the same
 */
public record Processors(String node, String others) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";

  /** Those of this process. */
  public static Processors share() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return share(
          lines
              .filter(line -> line.startsWith(ALLOWED))
              .findFirst()
              .orElseThrow(() -> new IOException(STATUS + " is not as proc(5) describes it"))
              .substring(ALLOWED.length())
              .strip());
    }
  }

  /**
   * The same of a list.
   *
   * @param allowed as {@code 0-3,8}
   */
  static Processors share(String allowed) {
    List<Integer> all =
        Arrays.stream(allowed.split(",", -1)).flatMapToInt(Processors::range).boxed().toList();
    int half = all.size() / 2;
    return half == 0
        ? new Processors(allowed, allowed)
        : new Processors(text(all.subList(0, half)), text(all.subList(half, all.size())));
  }

  private static IntStream range(String range) {
    int dash = range.indexOf('-');
    return dash < 0
        ? IntStream.of(Integer.parseInt(range))
        : IntStream.rangeClosed(
            Integer.parseInt(range.substring(0, dash)),
            Integer.parseInt(range.substring(dash + 1)));
  }

  private static String text(List<Integer> processors) {
    return processors.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** A node's process runs on the node's from now on. */
  void giveNode(long pid) throws IOException, InterruptedException {
    give(node, pid);
  }

  /** This process runs on the others' from now on, and so do those that it starts. */
  public void takeOthers() throws IOException, InterruptedException {
    give(others, ProcessHandle.current().pid());
  }

  private static void give(String processors, long pid) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder(
                "taskset", "--all-tasks", "--cpu-list", "--pid", processors, Long.toString(pid))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("taskset can't move process " + pid + " to processors " + processors);
    }
  }
}
