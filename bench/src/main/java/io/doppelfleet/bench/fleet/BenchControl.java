package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.bench.measure.ProcessCosts;
import io.doppelfleet.fleet.NamedSecret;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A control alone in its process, as the operator starts it, with an H2 store. */
final class BenchControl implements AutoCloseable {
  static final String HOST = "www.example.org";

  private static final Duration START_AT_MOST = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 20;

  private final Children children;
  private final Process process;
  private final ApiSocket api;

  private BenchControl(Children children, Process process, ApiSocket api) {
    this.children = children;
    this.process = process;
    this.api = api;
  }

  static BenchControl start(Children children, Path script)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = Ports.free(InetAddress.getLoopbackAddress());
    Path file =
        Files.writeString(
            directory.resolve("control.yaml"),
            """
            role: control
            state: "%s"
            control:
              store: {url: "jdbc:h2:file:%s"}
              nodes: {listen: "127.0.0.1:%d"}
            """
                .formatted(directory, directory.resolve("fleet"), address.getPort()));
    Path log = directory.resolve("control.log");
    Process process =
        children.startGuarded(
            new ProcessBuilder(script.toString(), "run", "--config", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    BenchControl control =
        new BenchControl(children, process, new ApiSocket(directory.resolve("control.sock")));
    try {
      control.awaitRunning();
    } catch (IOException e) {
      control.close();
      throw new IOException(e.getMessage() + "; it said:\n" + Files.readString(log), e);
    }
    return control;
  }

  private void awaitRunning() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < START_AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("the control ended with status " + process.exitValue());
      }
      try {
        api.call("GET", "/status", null);
        return;
      } catch (IOException e) { // it doesn't listen yet
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IOException("the control doesn't answer after " + START_AT_MOST);
  }

  /** What {@code node add} prints. */
  String token(String node) throws IOException {
    return api.call("POST", "/nodes", new JsonObject().put("name", node)).getString("token");
  }

  /** Adds a secret. */
  void add(String name) throws IOException {
    api.call("POST", "/secrets", new JsonObject().put("name", name).put("host", HOST));
  }

  /** The revision that is the present one. */
  long revision() throws IOException {
    return api.call("GET", "/status", null).getLong("revision");
  }

  /** The secret of a name, as links have it. */
  String secret(String name) throws IOException {
    return api.call("GET", "/secrets/" + name + "/links", null).getString("secret");
  }

  /** Adds all of these at once. */
  void add(List<NamedSecret> secrets) throws IOException {
    JsonObject all = new JsonObject();
    secrets.forEach(each -> all.put(each.name(), each.secret().toHex()));
    api.call("POST", "/imports", new JsonObject().put("secrets", all));
  }

  ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
