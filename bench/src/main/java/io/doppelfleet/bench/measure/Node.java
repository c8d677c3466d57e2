package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.BrokenRuleException;
import io.doppelfleet.bench.client.ClientHello;
import io.doppelfleet.bench.client.FakeTlsClient;
import io.doppelfleet.bench.client.Hellos;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node in a process of its own, started as an operator starts it. */
final class Node implements AutoCloseable {
  /** All clients ask for this data centre. */
  static final int DATACENTER = 2;

  private static final String DIGITS = "127.0.0.1:";
  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  /** What a collection didn't trouble to close up is counted too: dead, under these names. */
  private static final Pattern FILLER =
      Pattern.compile("\\d+:\\s+\\d+\\s+(\\d+)\\s+(?:\\[L)?jdk\\.internal\\.vm\\.Filler.*");

  private static final Duration START_AT_MOST = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Children children;
  private final Process process;
  private final Path directory;
  private final InetSocketAddress address;
  private final Secrets secrets;
  private final MetricsPage metrics;
  private final Duration start;

  private Node(
      Children children,
      Process process,
      Path directory,
      InetSocketAddress address,
      Secrets secrets,
      MetricsPage metrics,
      Duration start) {
    this.children = children;
    this.process = process;
    this.directory = directory;
    this.address = address;
    this.secrets = secrets;
    this.metrics = metrics;
    this.start = start;
  }

  /**
   * How a node is set.
   *
   * @param loops event loops, or 0 for the default
   * @param metrics whether it has a metrics page
   */
  record Options(int loops, boolean metrics) {
    static final Options DEFAULT = new Options(0, false);

    /** As the yardstick. */
    static final Options ONE_LOOP = new Options(1, false);
  }

  /**
   * Starts a node and waits until it answers a client.
   *
   * @param script {@code doppelfleet}
   * @param shaping {@code proxy.shaping}
   */
  static Node start(
      Children children,
      Path script,
      Surroundings around,
      Secrets secrets,
      Options options,
      String shaping)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = freeAddress();
    InetSocketAddress metrics = freeAddress();
    Path file = directory.resolve("node.yaml");
    Files.writeString(
        file, configuration(directory, address, around, secrets, options.loops(), shaping));
    List<String> line =
        new ArrayList<>(List.of(script.toString(), "run", "--config", file.toString()));
    if (options.metrics()) {
      line.add("--metrics=" + DIGITS + metrics.getPort());
    }
    Path log = directory.resolve("node.log");
    long begin = System.nanoTime();
    Process process =
        children.startGuarded(
            new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()));
    try {
      awaitAnswer(process, address, secrets, begin);
    } catch (IOException e) {
      children.stop(process);
      throw new IOException(e.getMessage() + "; it said:\n" + Files.readString(log), e);
    }
    Duration start = Duration.ofNanos(System.nanoTime() - begin);
    MetricsPage page = MetricsPage.at(metrics.getPort());
    return new Node(children, process, directory, address, secrets, page, start);
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

  /** Another process may take the port before the node does; then the node says so. */
  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) probe.getLocalSocketAddress();
    }
  }

  private static String configuration(
      Path directory,
      InetSocketAddress address,
      Surroundings around,
      Secrets secrets,
      int loops,
      String shaping) {
    int colon = around.cover().lastIndexOf(':');
    return """
        state: "%s"
        proxy:
          listen: ["127.0.0.1:%d"]
          public: {host: 127.0.0.1, port: %d}
          cover: {host: "%s", port: %s}
          datacenters: {"%d": ["%s"]}
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
            DATACENTER,
            around.datacenter(),
            shaping,
            loops == 0 ? "" : "  loops: " + loops,
            secrets.all().stream()
                .map(secret -> "  " + secret.name() + ": " + secret.secret().toHex())
                .collect(Collectors.joining("\n")));
  }

  private static void awaitAnswer(
      Process process, InetSocketAddress address, Secrets secrets, long begin)
      throws IOException, InterruptedException {
    while (System.nanoTime() - begin < START_AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("the node ended with status " + process.exitValue());
      }
      try (FakeTlsClient client = FakeTlsClient.connect(address)) {
        ClientHello hello = Hellos.hybrid(secrets.all().getFirst().secret()).build();
        client.raw().send(hello.bytes());
        client.readFlight(hello);
        return;
      } catch (IOException | BrokenRuleException e) {
        // Refused; or ended by a Vert.x that has bound its port and has no loop to give it to yet.
        Thread.sleep(POLL);
      }
    }
    throw new IOException("the node does not listen after " + START_AT_MOST);
  }

  InetSocketAddress address() {
    return address;
  }

  /** From the start of the process to the first answer to a client. */
  Duration startTime() {
    return start;
  }

  ProcessCosts costs() {
    return new ProcessCosts(process.pid());
  }

  Secrets secrets() {
    return secrets;
  }

  /** What a full collection leaves on the heap. It changes the process: resident memory first. */
  long liveHeapBytes() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process counting =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram =
        new String(counting.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    String last = histogram.substring(histogram.lastIndexOf('\n') + 1);
    Matcher total = TOTAL.matcher(last);
    if (counting.waitFor() != 0 || !total.matches()) {
      throw new IOException("jcmd can't count the node's heap: " + last);
    }
    return Long.parseLong(total.group(1))
        - FILLER.matcher(histogram).results().mapToLong(row -> Long.parseLong(row.group(1))).sum();
  }

  /** Of a node that was set to have one. */
  MetricsPage metrics() {
    return metrics;
  }

  /**
   * Looks into its log.
   *
   * @throws IllegalStateException with the first error there
   */
  void requireNoErrors() throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve("node.log"))) {
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
    children.stop(process);
  }
}
