package io.doppelfleet.bench.measure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node in a process of its own, started as an operator starts it. */
public final class Node implements AutoCloseable {
  /** All clients ask for this data centre. */
  public static final int DATACENTER = 2;

  private final NodeProcess process;
  private final InetSocketAddress address;
  private final Secrets secrets;
  private final MetricsPage metrics;

  private Node(
      NodeProcess process, InetSocketAddress address, Secrets secrets, MetricsPage metrics) {
    this.process = process;
    this.address = address;
    this.secrets = secrets;
    this.metrics = metrics;
  }

  /**
   * How a node is set.
   *
   * @param loops event loops, or 0 for the default
   * @param metrics whether it has a metrics page
   * @param limits beneath {@code proxy.limits}, in one line; empty for the defaults
   */
  public record Options(int loops, boolean metrics, String limits) {
    static final Options DEFAULT = new Options(0, false, "");

    /** As the yardstick. */
    static final Options ONE_LOOP = new Options(1, false, "");
  }

  /**
   * Starts a node and waits until it answers a client.
   *
   * @param script {@code doppelfleet}
   * @param shaping {@code proxy.shaping}
   */
  public static Node start(
      Children children,
      Path script,
      Surroundings around,
      Secrets secrets,
      Options options,
      String shaping)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = Ports.free(InetAddress.getLoopbackAddress());
    InetSocketAddress metrics = Ports.free(InetAddress.getLoopbackAddress());
    Path file = directory.resolve("node.yaml");
    Files.writeString(file, configuration(directory, address, around, secrets, options, shaping));
    List<String> line =
        new ArrayList<>(List.of(script.toString(), "run", "--config", file.toString()));
    if (options.metrics()) {
      line.add("--metrics=127.0.0.1:" + metrics.getPort());
    }
    NodeProcess process =
        NodeProcess.start(
            children,
            line,
            directory.resolve("node.log"),
            address,
            secrets.all().getFirst().secret());
    return new Node(process, address, secrets, MetricsPage.at(metrics.getPort()));
  }

  /** What the script says when it is asked for its version. */
  static String version(Path script) throws IOException {
    Process asked =
        new ProcessBuilder(script.toString(), "--version")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String version =
        new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (version.isEmpty()) {
      throw new IOException(script + " does not say its version");
    }
    return version;
  }

  /**
   * What it is told in its file.
   *
   * @param directory holds its state
   * @param address where to listen, on the loopback
   * @param shaping {@code proxy.shaping}
   */
  public static String configuration(
      Path directory,
      InetSocketAddress address,
      Surroundings around,
      Secrets secrets,
      Options options,
      String shaping) {
    int colon = around.cover().lastIndexOf(':');
    return """
        state: "%s"
        proxy:
          listen: ["127.0.0.1:%d"]
          public: {host: 127.0.0.1, port: %d}
          cover: {host: "%s", port: %s}
          datacenters: %s
          probe-every: off
          shaping: %s
        %s
        secrets:
        %s
        """
        .formatted(
            directory.resolve("state"),
            address.getPort(),
            address.getPort(),
            around.cover().substring(0, colon),
            around.cover().substring(colon + 1),
            around.listed(),
            shaping,
            (options.loops() == 0 ? "" : "  loops: " + options.loops() + "\n")
                + (options.limits().isEmpty() ? "" : "  limits: {" + options.limits() + "}"),
            secrets.all().stream()
                .map(secret -> "  " + secret.name() + ": " + secret.secret().toHex())
                .collect(Collectors.joining("\n")));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** From the start of the process to the first answer to a client. */
  Duration startTime() {
    return process.startTime();
  }

  ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  /** Its process runs on the processors that a node has. */
  public void runOn(Processors processors) throws IOException, InterruptedException {
    processors.giveNode(process.pid());
  }

  /** Of its clients. */
  public Secrets secrets() {
    return secrets;
  }

  JavaHeap heap() {
    return new JavaHeap(process.pid());
  }

  /** Of a node that was set to have one. */
  public MetricsPage metrics() {
    return metrics;
  }

  /**
   * Looks into its log.
   *
   * @throws IllegalStateException with the first error there
   */
  public void requireNoErrors() throws IOException {
    try (Stream<String> lines = Files.lines(process.log())) {
      lines
          .filter(line -> line.contains("ERROR"))
          .findFirst()
          .ifPresent(
              line -> {
                throw new IllegalStateException("the node logged an error: " + line);
              });
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
