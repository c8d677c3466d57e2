package io.doppelfleet.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A stand-in in a process of its own: this program with another command. It says where it listens
 * in its first line, and ends when its standard input does, so that none outlives us.
 */
final class StandIn implements AutoCloseable {
  private final Children children;
  private final Process process;
  private final String address;

  private StandIn(Children children, Process process, String address) {
    this.children = children;
    this.process = process;
    this.address = address;
  }

  static StandIn start(Children children, Class<?> program, String command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("--enable-native-access=ALL-UNNAMED");
    line.add("--sun-misc-unsafe-memory-access=allow");
    line.add("-XX:+UseSerialGC");
    line.add("-Xmx512m");
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(program.getName());
    line.add(command);
    Process process =
        children.start(new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String address = out.readLine();
    if (address == null) {
      children.stop(process);
      throw new IOException("the stand-in \"" + command + "\" did not start");
    }
    return new StandIn(children, process, address);
  }

  /** {@code HOST:PORT}. */
  String address() {
    return address;
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
