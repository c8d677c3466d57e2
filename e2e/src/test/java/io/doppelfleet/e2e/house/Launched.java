package io.doppelfleet.e2e.house;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that was started by the script, its home and state in a directory of its own. */
final class Launched implements AutoCloseable {
  static final Path SCRIPT = Path.of("../doppelfleet").toAbsolutePath().normalize();

  /** A start without a cache, beside what else a machine does, takes long. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Path out;
  private final Path err;

  private Launched(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Runs {@code ./doppelfleet} with these arguments. */
  static Launched script(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    return command(directory, environment, command);
  }

  /**
   * A node until it runs, of which nothing is asked that a second compiler would be for; the
   * virtual machine says on standard error that it was told so.
   */
  static Launched node(Path directory, Map<String, String> environment) throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    if (Boolean.getBoolean("first.compiler.alone")) {
      all.put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    }
    return script(directory, all).running();
  }

  static Launched command(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("STATE_DIRECTORY");
    builder.environment().put("XDG_STATE_HOME", directory.toString());
    builder.environment().put("LC_ALL", "C.UTF-8"); // else a terminal is shown no code
    builder.environment().put("DOPPELFLEET_PROXY_PROBE_EVERY", "off"); // it would ask Telegram
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Launched(builder.start(), out, err);
  }

  /**
   * What keeps a node without a configuration on this machine: no name resolves, that of its trial
   * cover neither.
   */
  static Map<String, String> alone(Path directory) throws IOException {
    Path hosts = Files.writeString(directory.resolve("hosts"), "");
    return Map.of(
        "DOPPELFLEET_PROXY_LISTEN",
        "127.0.0.1:0",
        "JDK_JAVA_OPTIONS",
        "-Djdk.net.hosts.file=" + hosts);
  }

  /** Waits until it runs: then the links are there and the event is logged. */
  Launched running() {
    awaitErr("listening on");
    return this;
  }

  void awaitErr(String text) {
    await()
        .atMost(PATIENCE)
        .failFast("it ended:\n" + err(), () -> !process.isAlive() && !err().contains(text))
        .until(() -> err().contains(text));
  }

  /** Waits until it has written this to standard output. */
  void awaitOut(String text) {
    await().atMost(PATIENCE).until(() -> out().contains(text));
  }

  /** The files that it has open. */
  List<String> openFiles() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path file : files.toList()) {
        if (Files.isSymbolicLink(file)) { // one may have been closed meanwhile
          names.add(Files.readSymbolicLink(file).toString());
        }
      }
    }
    return names;
  }

  long pid() {
    return process.pid();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGINT, as Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    signal("-INT");
  }

  /** SIGQUIT. */
  void quit() throws IOException, InterruptedException {
    signal("-QUIT");
  }

  /** SIGHUP. */
  void hangUp() throws IOException, InterruptedException {
    signal("-HUP");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("it has ended already:\n" + err());
    }
  }

  int exitStatus() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it still runs:\n" + err());
    }
    return process.exitValue();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  /** Its last character may be half written. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }
}
