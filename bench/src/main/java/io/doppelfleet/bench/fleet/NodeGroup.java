package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A process of {@link NodesCommand}'s, and what its nodes say. */
final class NodeGroup implements AutoCloseable {
  private static final int TRIES = 5;

  private final Children children;
  private final Process process;

  private NodeGroup(Children children, Process process) {
    this.children = children;
    this.process = process;
  }

  /**
   * Starts nodes, and waits until each runs the present state.
   *
   * @param tokens one for each
   * @param arrivals hear what they run from now on
   */
  static NodeGroup start(Children children, List<String> tokens, Arrivals arrivals)
      throws IOException {
    Process process = children.start(program("-Xmx1g", "nodes"));
    NodeGroup group = new NodeGroup(children, process);
    Writer in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(String.join("\n", tokens) + "\n\n");
    in.flush();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
      if (line == null) {
        group.close();
        throw new IOException("nodes did not start");
      }
    }
    Thread.ofVirtual().start(() -> hear(out, arrivals));
    return group;
  }

  /** This program in another process. */
  static ProcessBuilder program(String heap, String... command) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            heap,
            "-cp",
            System.getProperty("java.class.path"),
            FleetBench.class.getName());
    builder.command().addAll(List.of(command));
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** From now on they report what clients move, too, and the control's work goes first. */
  void haveClients() throws IOException, InterruptedException {
    giveWay();
    Writer in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(NodesCommand.CLIENTS + "\n");
    in.flush();
  }

  /** Where each has a machine of its own, none takes the control's time. */
  private void giveWay() throws IOException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      if (reniced()) {
        return;
      }
    }
    throw new IOException("renice can't have the nodes give way");
  }

  /** False where a thread has ended meanwhile, too. */
  private boolean reniced() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("renice", "-n", "19", "-p"));
    // Linux has a priority for each thread.
    try (Stream<Path> threads =
        Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      threads.forEach(thread -> command.add(thread.getFileName().toString()));
    }
    return new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static void hear(BufferedReader out, Arrivals arrivals) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        int blank = line.indexOf(' ');
        arrivals.add(
            Long.parseLong(line.substring(0, blank)), Long.parseLong(line.substring(blank + 1)));
      }
    } catch (IOException e) {
      // It was ended.
    }
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
