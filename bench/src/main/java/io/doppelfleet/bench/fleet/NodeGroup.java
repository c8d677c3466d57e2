package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A process of {@link NodesCommand}'s, and what its nodes say. */
final class NodeGroup implements AutoCloseable {
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

  /** From now on they report what clients move, too. */
  void haveClients() throws IOException {
    Writer in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(NodesCommand.CLIENTS + "\n");
    in.flush();
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
