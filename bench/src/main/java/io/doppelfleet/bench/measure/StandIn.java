package io.doppelfleet.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stand-in in a process of its own: this program with another command. It says where it listens
 * in its first line, and ends when its standard input does, so that none outlives us.
 */
public final class StandIn implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseSerialGC",
          "-Xmx1g");

  private static final List<String> STEADY =
      Stream.concat(FLAGS.stream(), Stream.of("-XX:TieredStopAtLevel=1", "-Xmn512m")).toList();

  private final Children children;
  private final Process process;
  private final String address;

  private StandIn(Children children, Process process, String address) {
    this.children = children;
    this.process = process;
    this.address = address;
  }

  /** Starts this program with a command, and waits for its first line. */
  public static StandIn start(Children children, Class<?> program, String... command)
      throws IOException {
    return start(children, program, FLAGS, "", command);
  }

  /**
   * The same elsewhere.
   *
   * @param prefix words before the command, as for another network namespace
   */
  public static StandIn start(
      Children children, Class<?> program, List<String> prefix, String... command)
      throws IOException {
    return start(children, program, prefix, FLAGS, "", command);
  }

  /**
   * The same without pauses of its own, where those of a node are looked for: its code is compiled
   * once and quickly, and its garbage is hardly ever collected.
   */
  public static StandIn steady(Children children, Class<?> program, String... command)
      throws IOException {
    return start(children, program, List.of(), STEADY, "", command);
  }

  /**
   * The same as idle work, as if it had another machine: who else wants a processor comes first.
   */
  public static StandIn idle(Children children, Class<?> program, String... command)
      throws IOException {
    return start(children, program, List.of("chrt", "--idle", "0"), STEADY, "", command);
  }

  /**
   * Starts this program.
   *
   * @param flags of the virtual machine
   * @param arenas of malloc; empty for what is usual
   */
  static StandIn start(
      Children children, Class<?> program, List<String> flags, String arenas, String... command)
      throws IOException {
    return start(children, program, List.of(), flags, arenas, command);
  }

  private static StandIn start(
      Children children,
      Class<?> program,
      List<String> prefix,
      List<String> flags,
      String arenas,
      String... command)
      throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(flags);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(program.getName());
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (!arenas.isEmpty()) {
      builder.environment().put("MALLOC_ARENA_MAX", arenas);
    }
    Process process = children.start(builder);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String address = out.readLine();
    if (address == null) {
      children.stop(process);
      throw new IOException("\"" + String.join(" ", command) + "\" did not start");
    }
    return new StandIn(children, process, address);
  }

  /** {@code HOST:PORT}, or several with a blank between. */
  public String address() {
    return address;
  }

  ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
