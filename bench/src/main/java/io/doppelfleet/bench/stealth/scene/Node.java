package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.NodeProcess;
import io.doppelfleet.bench.measure.Ports;
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

  private static final int POLL_MILLIS = 10;

  private final NodeProcess process;
  private final Path directory;
  private final InetSocketAddress address;
  private final Secret secret;

  private Node(NodeProcess process, Path directory, InetSocketAddress address, Secret secret) {
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
    InetSocketAddress address = Ports.free(order.place().address());
    Files.writeString(file, configuration(directory, order, address, secret));
    List<String> line = new ArrayList<>(order.place().prefix());
    line.addAll(
        List.of(home.resolve("doppelfleet").toString(), "run", "--config", file.toString()));
    NodeProcess process =
        NodeProcess.start(children, line, directory.resolve("node.log"), address, secret);
    return new Node(process, directory, address, secret);
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
          probe-every: off
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
    process.close();
  }
}
