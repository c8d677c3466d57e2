package io.doppelfleet.e2e;

import io.doppelfleet.bench.measure.JavaHeap;
import io.doppelfleet.bench.measure.MetricsPage;
import io.doppelfleet.bench.measure.ProcessCosts;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A node as the operator starts it: the launcher script, a configuration file, a process. */
final class ProcessNode implements AutoCloseable {
  /** Whether this run is for channels, as they are where epoll is not. */
  static final boolean CHANNELS = Boolean.getBoolean("io.netty.transport.noNative");

  /** Tests that mostly wait start what they start with the first compiler alone. */
  static final String COMPILERS =
      Boolean.getBoolean("first.compiler.alone") ? "-XX:TieredStopAtLevel=1" : "";

  /** What the environment has for the node's virtual machine; who wants more, adds it to this. */
  static final String JAVA_OPTIONS =
      "JDK_JAVA_OPTIONS=" + COMPILERS + " -Dio.netty.transport.noNative=" + CHANNELS;

  /** How long what there is may finish at a node with a store. */
  static final Duration DRAIN_WITH_STORE = Duration.ofSeconds(6);

  /** To connect, 50 ms apart: a minute, as a machine with much else to do may take. */
  private static final int MOST_ATTEMPTS = 1200;

  private static final String HERE = "127.0.0.1";

  private final Process process;
  private final InetSocketAddress address;
  private final MetricsPage metrics;
  private final Path log;

  private ProcessNode(Process process, InetSocketAddress address, MetricsPage metrics, Path log) {
    this.process = process;
    this.address = address;
    this.metrics = metrics;
    this.log = log;
  }

  /**
   * Where a node is.
   *
   * @param host the address that it listens at
   * @param around that of its cover and its data centres
   * @param under a command before the script's, which runs what follows it
   */
  record Where(String host, String around, List<String> under) {}

  static ProcessNode start(Path directory, Secret secret, InetSocketAddress datacenter)
      throws IOException, InterruptedException {
    return start(directory, secret, datacenter, List.of());
  }

  /** With a command before the script's, which runs what follows it. */
  static ProcessNode start(
      Path directory, Secret secret, InetSocketAddress datacenter, List<String> under)
      throws IOException, InterruptedException {
    return start(directory, 9, Map.of(2, datacenter), secrets(secret), under);
  }

  /**
   * With a store in its directory, and a cover that a test plays on this port.
   *
   * @param control what it listens on, as the configuration has it
   */
  static ProcessNode startWithStore(
      Path directory, int cover, InetSocketAddress datacenter, String control)
      throws IOException, InterruptedException {
    String url = "jdbc:h2:file:" + directory.resolve("fleet");
    return start(
        directory,
        cover,
        Map.of(2, datacenter),
        "  limits: {drain: " + DRAIN_WITH_STORE.toSeconds() + "s}",
        "control: {" + control + ", store: {url: \"" + url + "\"}}",
        List.of());
  }

  /** With a cover and data centres that a test plays. */
  static ProcessNode start(
      Path directory, int cover, Secret secret, Map<Integer, InetSocketAddress> datacenters)
      throws IOException, InterruptedException {
    return start(directory, cover, secret, datacenters, List.of());
  }

  /** With all of that. */
  static ProcessNode start(
      Path directory,
      int cover,
      Secret secret,
      Map<Integer, InetSocketAddress> datacenters,
      List<String> under)
      throws IOException, InterruptedException {
    return start(directory, cover, datacenters, secrets(secret), under);
  }

  /** With more lines beneath {@code proxy:} in its configuration. */
  static ProcessNode startWith(
      Path directory, int cover, Secret secret, InetSocketAddress datacenter, String more)
      throws IOException, InterruptedException {
    return start(directory, cover, Map.of(2, datacenter), more, secrets(secret), List.of());
  }

  private static String secrets(Secret secret) {
    return "secrets: {alice: \"" + secret.toHex() + "\"}";
  }

  /** One that has joined a fleet, with its identity in its directory. */
  static ProcessNode startFar(Path directory, int cover, InetSocketAddress datacenter)
      throws IOException, InterruptedException {
    return startFar(directory, cover, datacenter, "", List.of());
  }

  /** With more in its configuration. */
  static ProcessNode startFar(Path directory, int cover, InetSocketAddress datacenter, String more)
      throws IOException, InterruptedException {
    return startFar(directory, cover, datacenter, more, List.of());
  }

  /** And with a command before the script's, which runs what follows it. */
  static ProcessNode startFar(
      Path directory, int cover, InetSocketAddress datacenter, String more, List<String> under)
      throws IOException, InterruptedException {
    return start(directory, cover, Map.of(2, datacenter), "role: proxy\n" + more, under);
  }

  /** And somewhere else. */
  static ProcessNode startFar(
      Path directory, int cover, InetSocketAddress datacenter, String more, Where where)
      throws IOException, InterruptedException {
    return start(directory, cover, Map.of(2, datacenter), "", "role: proxy\n" + more, where);
  }

  /** With these data centres, and a command before the script's, which runs what follows it. */
  static ProcessNode startFar(
      Path directory, int cover, Map<Integer, InetSocketAddress> datacenters, List<String> under)
      throws IOException, InterruptedException {
    return start(directory, cover, datacenters, "role: proxy", under);
  }

  /** The same behind a router on this machine, with more lines beneath {@code proxy:}. */
  static ProcessNode startFarRouted(
      Path directory, int cover, InetSocketAddress datacenter, String more, String cluster)
      throws IOException, InterruptedException {
    String routers =
        "  proxy-protocol: {\"127.0.0.1:PORT\": [\"127.0.0.1\"]}\n  public: {host: 127.0.0.1, port: PORT}\n";
    return start(
        directory,
        cover,
        Map.of(2, datacenter),
        routers + more,
        "role: proxy\n" + cluster,
        List.of());
  }

  private static ProcessNode start(
      Path directory,
      int cover,
      Map<Integer, InetSocketAddress> datacenters,
      String secrets,
      List<String> under)
      throws IOException, InterruptedException {
    return start(directory, cover, datacenters, "", secrets, under);
  }

  private static ProcessNode start(
      Path directory,
      int cover,
      Map<Integer, InetSocketAddress> datacenters,
      String more,
      String secrets,
      List<String> under)
      throws IOException, InterruptedException {
    return start(directory, cover, datacenters, more, secrets, new Where(HERE, HERE, under));
  }

  private static ProcessNode start(
      Path directory,
      int cover,
      Map<Integer, InetSocketAddress> datacenters,
      String more,
      String secrets,
      Where where)
      throws IOException, InterruptedException {
    int port;
    int metrics;
    try (ServerSocket free = new ServerSocket(0);
        ServerSocket another = new ServerSocket(0)) {
      port = free.getLocalPort();
      metrics = another.getLocalPort();
    }
    Path file = file(directory);
    Files.writeString(
        file,
        """
        proxy:
          listen: ["%s:%d"]
          cover: {host: %s, port: %d}
          datacenters: {%s}
          probe-every: off
        %s
        %s
        state: %s
        """
            .formatted(
                where.host,
                port,
                where.around,
                cover,
                entries(where.around, datacenters),
                more.replace("PORT", Integer.toString(port)),
                secrets,
                directory));
    Path log = directory.resolve("log");
    List<String> command = new ArrayList<>(List.of("env", JAVA_OPTIONS));
    command.addAll(where.under);
    command.addAll(List.of("../doppelfleet", "run", "--config", file.toString()));
    command.add("--metrics=127.0.0.1:" + metrics);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    ProcessNode node =
        new ProcessNode(
            process, new InetSocketAddress(where.host, port), MetricsPage.at(metrics), log);
    node.awaitListening();
    if (node.hasEpoll() == CHANNELS) {
      throw new IllegalStateException("the node runs on the other kind of sockets");
    }
    return node;
  }

  private static String entries(String host, Map<Integer, InetSocketAddress> datacenters) {
    return datacenters.entrySet().stream()
        .map(each -> "%d: \"%s:%d\"".formatted(each.getKey(), host, each.getValue().getPort()))
        .collect(Collectors.joining(", "));
  }

  /** The configuration of the node with this directory. */
  static Path file(Path directory) {
    return directory.resolve("node.yaml");
  }

  private void awaitListening() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      try (Socket probe = new Socket()) {
        probe.connect(address);
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException("the node ended: " + log(), e);
        }
        Thread.sleep(50);
      }
    }
    throw new IOException("the node doesn't listen: " + log());
  }

  private boolean hasEpoll() throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/maps"))
        .contains("netty_transport_native_epoll");
  }

  InetSocketAddress address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Memory that the process holds, bytes. */
  long residentBytes() throws IOException {
    return new ProcessCosts(process.pid()).residentBytes();
  }

  JavaHeap heap() {
    return new JavaHeap(process.pid());
  }

  /** What the metrics page says; a name without labels, or with all of them. */
  double metric(String name) throws IOException {
    return metrics.values(name).findFirst().orElseThrow();
  }

  /** The sum of a metric's values over all its labels. */
  double sum(String name) throws IOException {
    return metrics.values(name).sum();
  }

  /** Open files of the process. */
  long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return files.count();
    }
  }

  /** Sends SIGTERM and says how it ended. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  /** How it ended by itself. */
  int ended() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it still runs");
    }
    return process.exitValue();
  }

  /** Ends it as the kernel would, without a word (SIGKILL). */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
