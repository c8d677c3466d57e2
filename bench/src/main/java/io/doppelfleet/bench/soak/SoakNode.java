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
final class SoakNode implements AutoCloseable {
  private final Children children;
  private final List<String> command;
  private final Path log;
  private final InetSocketAddress address;
  private final MetricsPage metrics;
  private final Secret secret;
  private NodeProcess process;

  /** From just before it is killed until it serves again. */
  private volatile boolean down;

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
    int colon = around.cover().lastIndexOf(':');
    Path file =
        Files.writeString(
            state.resolve("node.yaml"),
            """
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
                    address.getPort(),
                    address.getPort(),
                    around.cover().substring(0, colon),
                    around.cover().substring(colon + 1),
                    Node.DATACENTER,
                    around.datacenter(),
                    list,
                    metrics));
    return new SoakNode(
        children,
        List.of(script.toString(), "run", "--config", file.toString()),
        state.resolve("node.log"),
        address,
        MetricsPage.at(metrics),
        secret);
  }

  InetSocketAddress address() {
    return address;
  }

  /** Whether it is being killed and started: what is lost meanwhile is lost by that. */
  boolean isDown() {
    return down;
  }

  /** Kills it, leaves it dead for so long, and waits until it serves again. */
  void killAndStart(long deadMillis) throws IOException, InterruptedException {
    down = true;
    process.kill();
    String before = Files.readString(log);
    Thread.sleep(deadMillis);
    process = NodeProcess.start(children, command, log, address, secret);
    Files.writeString(log.resolveSibling("killed.log"), before);
  }

  /** Its clients have had the time to come again. */
  void isBack() {
    down = false;
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
