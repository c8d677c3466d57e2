package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A control alone in its process, as the operator starts it, which may be killed and come again.
 */
final class FarControl implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final ControlApi api;
  private final Path directory;
  private final HostPort nodes;
  private final Path log;

  /** A command before the script's, which runs what follows it. */
  private List<String> under;

  private Process process;

  private FarControl(Path directory, HostPort nodes, List<String> under) throws IOException {
    this.directory = directory;
    this.nodes = nodes;
    this.log = directory.resolve("control.log");
    this.api = new ControlApi(directory);
    this.under = under;
    this.process = launched();
  }

  static FarControl start(Path directory) throws Exception {
    return start(directory, "");
  }

  /** With more in its configuration. */
  static FarControl start(Path directory, String more) throws Exception {
    return start(directory, more, List.of());
  }

  /** And with a command before the script's, which runs what follows it. */
  static FarControl start(Path directory, String more, List<String> under) throws Exception {
    return start(directory, h2(directory), "control", "127.0.0.1", more, under);
  }

  /** The URL of a store in its directory. */
  static String h2(Path directory) {
    return "jdbc:h2:file:" + directory.resolve("fleet");
  }

  /** One that serves clients too, as the rest of its configuration says, on this store. */
  static FarControl startServing(Path directory, String url, String more) throws Exception {
    return start(directory, url, "all", "127.0.0.1", more, List.of());
  }

  /**
   * A control alone with another store, at another address.
   *
   * @param store its URL
   * @param host where nodes come in
   */
  static FarControl start(
      Path directory, String store, String host, String more, List<String> under) throws Exception {
    return start(directory, store, "control", host, more, under);
  }

  private static FarControl start(
      Path directory, String store, String role, String host, String more, List<String> under)
      throws Exception {
    Files.createDirectories(directory);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.writeString(
        directory.resolve("control.yaml"),
        """
        role: %s
        state: %s
        control:
          listen: "off"
          store: {url: "%s"}
          nodes: {listen: "%s:%d"}
        %s
        """
            .formatted(role, directory, store, host, port, more));
    FarControl control = new FarControl(directory, new HostPort(host, port), under);
    control.awaitRunning();
    return control;
  }

  private Process launched() throws IOException {
    String file = directory.resolve("control.yaml").toString();
    List<String> command = new ArrayList<>(under);
    command.addAll(List.of("../doppelfleet", "run", "--config", file));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("JDK_JAVA_OPTIONS", ProcessNode.COMPILERS);
    return builder.start();
  }

  private void awaitRunning() {
    await()
        .atMost(PATIENCE)
        .failFast("it ended", () -> !process.isAlive())
        .ignoreExceptions()
        .until(() -> api.call("GET", "/status", "").status() == 200);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** By another command. */
  void startAgain(List<String> other) throws IOException {
    under = other;
    startAgain();
  }

  void startAgain() throws IOException {
    process = launched();
    awaitRunning();
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return nodes.port();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** What {@code node add} prints as the token. */
  String token(String name) throws IOException {
    return api.done("POST", "/nodes", new JsonObject().put("name", name).encode())
        .getString("token");
  }

  /** The machine with this state directory becomes a node, by the operator's command. */
  void join(String name, Path state) throws Exception {
    join(name, state, List.of());
  }

  /** The same by a command that another one runs. */
  void join(String name, Path state, List<String> before) throws Exception {
    Command joined = Command.run(before, state, "node", "join", token(name));
    assertThat(joined.status()).as(joined.out()).isZero();
    assertThat(joined.out()).contains("this machine is the node " + name + " now");
  }

  /** What it lists of a node. */
  JsonObject node(String name) throws IOException {
    for (Object each : api.done("GET", "/nodes", "").getJsonArray("nodes")) {
      if (((JsonObject) each).getString("name").equals(name)) {
        return (JsonObject) each;
      }
    }
    throw new IOException("there is no node " + name);
  }

  long revision() throws IOException {
    return api.done("GET", "/status", "").getLong("revision");
  }

  /** SIGTERM; how it ended. */
  int stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** A command of the operator's that has ended, all that it printed. */
  record Command(int status, String out) {
    /** With a state directory. */
    static Command run(Path state, String... arguments) throws Exception {
      return run(List.of(), state, arguments);
    }

    private static Command run(List<String> under, Path state, String... arguments)
        throws Exception {
      Path out = Files.createTempFile("command", "");
      try {
        List<String> command = new ArrayList<>(under);
        command.add("../doppelfleet");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOPPELFLEET_STATE", state.toString());
        Process process = builder.redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Command(process.exitValue(), Files.readString(out));
      } finally {
        Files.delete(out);
      }
    }
  }
}
