package io.doppelfleet.bench.soak;

import io.doppelfleet.bench.fleet.BenchControl;
import io.doppelfleet.bench.fleet.Joining;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.MetricsPage;
import io.doppelfleet.bench.measure.Node;
import io.doppelfleet.bench.measure.NodeProcess;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.bench.measure.ProcessCosts;
import io.doppelfleet.bench.measure.Surroundings;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node of the fleet, which can be killed and started anew. */
public final class SoakNode implements AutoCloseable {
  /** Vert.x has Netty say nothing of a buffer that was forgotten, unless it is asked to. */
  private static final String LEAKS_TOLD = "JDK_JAVA_OPTIONS=-Dio.netty.leakDetection.level=simple";

  private static final String CONNECTIONS = "doppelfleet_connections";

  private final Children children;
  private final List<String> command;
  private final Path log;
  private final InetSocketAddress address;
  private final MetricsPage metrics;
  private final Secret secret;
  private final Outage outage = new Outage();
  private NodeProcess process;

  private SoakNode(
      Children children,
      List<String> command,
      Path log,
      InetSocketAddress address,
      MetricsPage metrics,
      Secret secret)
      throws IOException, InterruptedException {
    this.children = children;
    this.command = command;
    this.log = log;
    this.address = address;
    this.metrics = metrics;
    this.secret = secret;
    this.process = NodeProcess.start(children, command, log, address, secret);
  }

  /**
   * Joins and starts.
   *
   * @param list the file of a list that denies addresses
   */
  static SoakNode start(
      Children children,
      Path script,
      BenchControl control,
      String name,
      Surroundings around,
      Path list,
      Secret secret)
      throws IOException, InterruptedException {
    Path state = children.directory();
    Joining.join(children, script, state, control.token(name));
    InetSocketAddress address = Ports.free(InetAddress.getLoopbackAddress());
    int metrics = Ports.free(InetAddress.getLoopbackAddress()).getPort();
    Path file =
        Files.writeString(
            state.resolve("node.yaml"),
            configuration(state, address.getPort(), metrics, around, list));
    return new SoakNode(
        children,
        List.of("env", LEAKS_TOLD, script.toString(), "run", "--config", file.toString()),
        state.resolve("node.log"),
        address,
        MetricsPage.at(metrics),
        secret);
  }

  /**
   * What it is told in its file.
   *
   * @param port of clients, on the loopback
   * @param metrics the metrics page's port there
   * @param list the file of a list that denies addresses
   */
  public static String configuration(
      Path state, int port, int metrics, Surroundings around, Path list) {
    int colon = around.cover().lastIndexOf(':');
    return """
        role: proxy
        state: "%s"
        proxy:
          listen: ["127.0.0.1:%d"]
          public: {host: 127.0.0.1, port: %d}
          cover: {host: "%s", port: %s}
          datacenters: {"%d": ["%s"]}
          probe-every: off
          lists: {million: {from: "%s"}}
        metrics: {listen: "127.0.0.1:%d"}
        """
        .formatted(
            state,
            port,
            port,
            around.cover().substring(0, colon),
            around.cover().substring(colon + 1),
            Node.DATACENTER,
            around.datacenter(),
            list,
            metrics);
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * Whether it was killed and started while what ends now was under way.
   *
   * @param begun when that began, of {@link System#nanoTime}
   */
  boolean wasDown(long begun) {
    return outage.touches(begun);
  }

  /** Kills it, leaves it dead for so long, and waits until it serves again. */
  void killAndStart(long deadMillis) throws IOException, InterruptedException {
    outage.begin();
    process.kill();
    Files.copy(log, killed(), StandardCopyOption.REPLACE_EXISTING);
    Thread.sleep(deadMillis);
    process = NodeProcess.start(children, command, log, address, secret);
  }

  /** Its clients have had the time to come again. */
  void isBack() {
    outage.end();
  }

  ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  /** The sum of a metric's values. */
  double metric(String name) throws IOException {
    return metrics.values(name).sum();
  }

  /** Waits for the end of all its connections, for so many seconds at most. */
  int emptied(int seconds) throws IOException, InterruptedException {
    int left = (int) metric(CONNECTIONS);
    for (int i = 0; i < seconds && left > 0; i++) {
      TimeUnit.SECONDS.sleep(1);
      left = (int) metric(CONNECTIONS);
    }
    return left;
  }

  /** Lines of its logs that tell of a fault of ours. */
  List<String> faults() throws IOException {
    List<String> faults = new ArrayList<>(Faults.in(log));
    if (Files.exists(killed())) {
      faults.addAll(Faults.in(killed()));
    }
    return faults;
  }

  /** What it had said when it was killed. */
  private Path killed() {
    return log.resolveSibling("killed.log");
  }

  @Override
  public void close() {
    process.close();
  }
}
