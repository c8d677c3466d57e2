package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.JavaHeap;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.bench.measure.ProcessCosts;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.standin.cover.OwnCertificate;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A control alone in its process, as the operator starts it, with an H2 store. */
public final class BenchControl implements AutoCloseable {
  /** That all secrets have. */
  public static final String HOST = "www.example.org";

  private static final Duration START_AT_MOST = Duration.ofMinutes(3);
  private static final int POLL_MILLIS = 20;

  /** The API takes no more secrets at once. */
  private static final int MOST_IMPORTED = 10_000;

  private final Children children;
  private final Process process;
  private final ApiSocket api;
  private final Web web;
  private final Path log;

  private BenchControl(Children children, Process process, ApiSocket api, Web web, Path log) {
    this.children = children;
    this.process = process;
    this.api = api;
    this.web = web;
    this.log = log;
  }

  /**
   * Where browsers find it, on the loopback.
   *
   * @param host what its certificate is for
   * @param trust that certificate
   */
  record Web(String host, int port, PemTrustOptions trust) {}

  /** Starts it, and waits until it answers. */
  public static BenchControl start(Children children, Path script)
      throws IOException, InterruptedException {
    return start(children, script, "");
  }

  /**
   * The same with more in its file.
   *
   * @param rest what else its file says, or nothing
   */
  static BenchControl start(Children children, Path script, String rest)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = Ports.free(InetAddress.getLoopbackAddress());
    OwnCertificate certificate = OwnCertificate.make("localhost");
    Path chain = directory.resolve("chain.pem");
    Path key = directory.resolve("key.pem");
    certificate.write(chain, key);
    int port = Ports.free(InetAddress.getLoopbackAddress()).getPort();
    Path file =
        Files.writeString(
            directory.resolve("control.yaml"),
            """
            role: control
            state: "%s"
            control:
              listen: "127.0.0.1:%d"
              tls: {certificate: "%s", key: "%s"}
              store: {url: "jdbc:h2:file:%s"}
              nodes: {listen: "127.0.0.1:%d"}
            %s
            """
                .formatted(
                    directory,
                    port,
                    chain,
                    key,
                    directory.resolve("fleet"),
                    address.getPort(),
                    rest));
    Path log = directory.resolve("control.log");
    Process process =
        children.startGuarded(
            new ProcessBuilder(script.toString(), "run", "--config", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    BenchControl control =
        new BenchControl(
            children,
            process,
            new ApiSocket(directory.resolve("control.sock")),
            new Web("localhost", port, certificate.trust()),
            log);
    try {
      control.awaitRunning();
    } catch (IOException e) {
      control.close();
      String why = e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
      throw new IOException(e.getMessage() + why + "; it said:\n" + Files.readString(log), e);
    }
    return control;
  }

  private void awaitRunning() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    IOException why = null;
    while (System.nanoTime() - begin < START_AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("the control ended with status " + process.exitValue());
      }
      try {
        api.call("GET", "/status", null);
        return;
      } catch (IOException e) { // it doesn't listen yet
        why = e;
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IOException("the control doesn't answer after " + START_AT_MOST, why);
  }

  /** What {@code node add} prints. */
  public String token(String node) throws IOException {
    return api.call("POST", "/nodes", new JsonObject().put("name", node)).getString("token");
  }

  /** Adds a secret. */
  public void add(String name) throws IOException {
    api.call("POST", "/secrets", new JsonObject().put("name", name).put("host", HOST));
  }

  /** The revision that is the present one. */
  long revision() throws IOException {
    return api.call("GET", "/status", null).getLong("revision");
  }

  /** The secret of a name, as links have it. */
  public String secret(String name) throws IOException {
    return api.call("GET", "/secrets/" + name + "/links", null).getString("secret");
  }

  /** Adds all of these, as many at once as may be. */
  void add(List<NamedSecret> secrets) throws IOException {
    for (int i = 0; i < secrets.size(); i += MOST_IMPORTED) {
      JsonObject some = new JsonObject();
      secrets
          .subList(i, Math.min(i + MOST_IMPORTED, secrets.size()))
          .forEach(each -> some.put(each.name(), each.secret().toHex()));
      api.call("POST", "/imports", new JsonObject().put("secrets", some));
    }
  }

  Web web() {
    return web;
  }

  /** What a program brings that may change secrets. */
  String apiToken(String program) throws IOException {
    JsonObject asked = new JsonObject().put("name", program).put("role", "operator");
    return api.call("POST", "/tokens", asked).getString("token");
  }

  /** Of its process. */
  public ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  /** Processor time from now on, for so long, in % of one processor. */
  double busy(int seconds) throws IOException, InterruptedException {
    Duration before = costs().processorTime();
    TimeUnit.SECONDS.sleep(seconds);
    return costs().processorTime().minus(before).toNanos() / 1e7 / seconds;
  }

  /** Where it says what happens. */
  public Path log() {
    return log;
  }

  JavaHeap heap() {
    return new JavaHeap(process.pid());
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
