package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.client.BrokenRuleException;
import io.doppelfleet.bench.client.ClientHello;
import io.doppelfleet.bench.client.FakeTlsClient;
import io.doppelfleet.bench.client.Hellos;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.hello.HelloKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;

/** A node in a process of its own, started as an operator starts it. */
public final class Node implements AutoCloseable {
  /** The data centre that clients ask for. */
  public static final int DATACENTER = 2;

  private static final Duration START_AT_MOST = Duration.ofSeconds(30);
  private static final int POLL_MILLIS = 10;

  private final Children children;
  private final Process process;
  private final Path directory;
  private final InetSocketAddress address;
  private final Secret secret;

  private Node(
      Children children,
      Process process,
      Path directory,
      InetSocketAddress address,
      Secret secret) {
    this.children = children;
    this.process = process;
    this.directory = directory;
    this.address = address;
    this.secret = secret;
  }

  /**
   * What a node is told.
   *
   * @param cover the value of {@code proxy.cover}
   * @param datacenter {@code HOST:PORT}
   * @param shaping the value of {@code proxy.shaping}; empty for the default
   * @param place where it runs, on a free port
   */
  public record Order(String cover, String datacenter, String shaping, Place place) {}

  /**
   * Starts a node and waits until it answers a client.
   *
   * @param home the directory with {@code doppelfleet}
   */
  public static Node start(Children children, Path home, Order order)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    Secret secret = secret();
    Path file = directory.resolve("node.yaml");
    InetSocketAddress address = Ports.free(order.place());
    Files.writeString(file, configuration(directory, order, address, secret));
    Path log = directory.resolve("node.log");
    List<String> line = new ArrayList<>(order.place().prefix());
    line.addAll(
        List.of(home.resolve("doppelfleet").toString(), "run", "--config", file.toString()));
    Process process =
        children.startGuarded(
            new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()));
    Node node = new Node(children, process, directory, address, secret);
    try {
      node.awaitAnswer();
    } catch (IOException e) {
      node.close();
      throw new IOException(e.getMessage() + "; it said:\n" + Files.readString(log), e);
    }
    return node;
  }

  private static Secret secret() {
    byte[] key = new byte[Secret.KEY_LENGTH];
    new SplittableRandom(7).nextBytes(key);
    return Secret.of(key, Site.HOST);
  }

  private static String configuration(
      Path directory, Order order, InetSocketAddress address, Secret secret) {
    return """
        state: "%s"
        proxy:
          listen: ["%s:%d"]
          public: {host: %s, port: %d}
          cover: %s
          datacenters: {"%d": ["%s"]}
        %s
        secrets:
          user: %s
        """
        .formatted(
            directory.resolve("state"),
            address.getAddress().getHostAddress(),
            address.getPort(),
            Site.HOST,
            address.getPort(),
            order.cover(),
            DATACENTER,
            order.datacenter(),
            order.shaping().isEmpty() ? "" : "  shaping: " + order.shaping(),
            secret.toHex());
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < START_AT_MOST.toNanos()) {
      if (!process.isAlive()) {
        throw new IOException("the node ended with status " + process.exitValue());
      }
      try (FakeTlsClient client = FakeTlsClient.connect(address)) {
        ClientHello hello = Hellos.hybrid(secret).build();
        client.raw().send(hello.bytes());
        client.readFlight(hello);
        return;
      } catch (IOException | BrokenRuleException e) {
        // Refused; or answered by the cover of a node that is not all there yet.
        Thread.sleep(POLL_MILLIS);
      }
    }
    throw new IOException("the node serves no client after " + START_AT_MOST);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** Who has it is a client. */
  public Secret clientSecret() {
    return secret;
  }

  /**
   * Waits until the node knows its cover, and how that answers hellos of these kinds.
   *
   * @return whether it does, in time
   */
  public boolean awaitLearnt(Collection<HelloKind> kinds, Duration atMost)
      throws IOException, InterruptedException {
    Path profile = directory.resolve("state").resolve("profile.json");
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < atMost.toNanos()) {
      if (Files.exists(profile)) {
        String known = Files.readString(profile);
        if (kinds.stream().allMatch(kind -> known.contains(kind.id()))) {
          return true;
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  /** Of its process. */
  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
