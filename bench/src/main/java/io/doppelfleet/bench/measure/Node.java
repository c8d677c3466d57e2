package io.doppelfleet.bench.measure;

import io.doppelfleet.bench.client.ClientHello;
import io.doppelfleet.bench.client.FakeTlsClient;
import io.doppelfleet.bench.client.Hellos;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node in a process of its own, started as an operator starts it. */
final class Node implements AutoCloseable {
  /** All clients ask for this data centre. */
  static final int DATACENTER = 2;

  private static final Duration START_AT_MOST = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Children children;
  private final Process process;
  private final Path directory;
  private final InetSocketAddress address;
  private final Duration start;

  private Node(
      Children children,
      Process process,
      Path directory,
      InetSocketAddress address,
      Duration start) {
    this.children = children;
    this.process = process;
    this.directory = directory;
    this.address = address;
    this.start = start;
  }

  /**
   * Starts a node and waits until it answers a client.
   *
   * @param script {@code doppelfleet}
   */
  static Node start(Children children, Path script, Surroundings around, Secrets secrets)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = freeAddress();
    Path file = directory.resolve("node.yaml");
    Files.writeString(file, configuration(directory, address, around, secrets));
    Path log = directory.resolve("node.log");
    long begin = System.nanoTime();
    Process process =
        children.start(
            new ProcessBuilder(script.toString(), "run", "--config", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    try {
      awaitAnswer(process, address, secrets, begin);
    } catch (IOException e) {
      children.stop(process);
      throw new IOException(e.getMessage() + "; it said:\n" + Files.readString(log), e);
    }
    Duration start = Duration.ofNanos(System.nanoTime() - begin);
    return new Node(children, process, directory, address, start);
  }

  /** Another process may take the port before the node does; then the node says so. */
  private static InetSocketAddress freeAddress() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) probe.getLocalSocketAddress();
    }
  }

  private static String configuration(
      Path directory, InetSocketAddress address, Surroundings around, Secrets secrets) {
    int colon = around.cover().lastIndexOf(':');
    return """
        role: proxy
        state: "%s"
        proxy:
          listen: ["127.0.0.1:%d"]
          public: {host: 127.0.0.1, port: %d}
          cover: {host: "%s", port: %s}
          datacenters: {"%d": ["%s"]}
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
      } catch (ConnectException e) {
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

  /** Has the node collect its garbage, as it does by itself when it has time. */
  void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collecting =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (collecting.waitFor() != 0) {
      throw new IOException("jcmd can't reach the node");
    }
  }

  /** Lines that the node has logged as errors. */
  List<String> errors() throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve("node.log"))) {
      return lines.filter(line -> line.contains("ERROR")).toList();
    }
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
