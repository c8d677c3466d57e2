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
import java.util.List;
import java.util.stream.Stream;

/** A node of the fleet, which can be killed and started anew. */
public final class SoakNode implements AutoCloseable {
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
        List.of(script.toString(), "run", "--config", file.toString()),
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
    String before = Files.readString(log);
    Thread.sleep(deadMillis);
    process = NodeProcess.start(children, command, log, address, secret);
    Files.writeString(log.resolveSibling("killed.log"), before);
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

  /** Lines of the log that tell of a fault of ours. */
  List<String> faults() throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("ERROR") || line.contains("LEAK")).toList();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
