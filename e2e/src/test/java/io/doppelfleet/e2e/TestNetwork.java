package io.doppelfleet.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A network of processes that each have a network namespace of their own, and this one. They are on
 * one switch, and may be cut off from each other; this one reaches all. Only root may have it.
 */
final class TestNetwork implements AutoCloseable {
  private final String name;
  private final String net;
  private final List<String> namespaces = new ArrayList<>();

  private TestNetwork() {
    long pid = ProcessHandle.current().pid();
    this.name = "fleet" + pid % 100_000;
    this.net = "10.78.%d.".formatted(pid % 250);
  }

  /**
   * With so many processes; where a machine makes none of it, the test is left out.
   *
   * @throws IOException where one of before is in the way, and where it can't be made whole
   */
  static TestNetwork make(int processes) throws IOException, InterruptedException {
    TestNetwork network = new TestNetwork();
    try {
      network.add(network.name);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("File exists")) {
        throw e;
      }
      System.out.println("left out, as this machine makes no networks: " + e.getMessage());
      return Assumptions.abort("this machine makes no networks: " + e.getMessage());
    }
    try {
      network.connect(processes);
      return network;
    } catch (IOException e) {
      network.close();
      throw e;
    }
  }

  private void add(String namespace) throws IOException, InterruptedException {
    ip("netns", "add", namespace);
    namespaces.add(namespace);
  }

  private void connect(int processes) throws IOException, InterruptedException {
    // A namespace of its own keeps the switch from this machine's firewall.
    ip("-n", name, "link", "add", "switch", "type", "bridge");
    ip("-n", name, "link", "set", "switch", "up");
    ip("link", "add", name, "type", "veth", "peer", "name", "here", "netns", name);
    plug("here");
    ip("address", "add", net + "1/24", "dev", name);
    ip("link", "set", name, "up");
    for (int i = 0; i < processes; i++) {
      String own = namespace(i);
      String port = "port" + i;
      add(own);
      ip("-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", name);
      plug(port);
      ip("-n", own, "address", "add", address(i) + "/24", "dev", "eth0");
      ip("-n", own, "link", "set", "eth0", "up");
      ip("-n", own, "link", "set", "lo", "up");
    }
  }

  private void plug(String port) throws IOException, InterruptedException {
    ip("-n", name, "link", "set", port, "master", "switch", "up");
  }

  private String namespace(int process) {
    return name + "-" + process;
  }

  /** Of this process. */
  InetAddress here() throws IOException {
    return InetAddress.getByName(net + "1");
  }

  String address(int process) {
    return net + (2 + process);
  }

  /** What runs another command there. */
  List<String> in(int process) {
    return List.of("ip", "netns", "exec", namespace(process));
  }

  /** From now on nothing passes between these two, and neither hears why. */
  void cut(int one, int other) throws IOException, InterruptedException {
    blackhole("add", one, other);
  }

  /** What was cut is so no more. */
  void mend(int one, int other) throws IOException, InterruptedException {
    blackhole("delete", one, other);
  }

  private void blackhole(String what, int one, int other) throws IOException, InterruptedException {
    ip("-n", namespace(one), "route", what, "blackhole", address(other) + "/32");
    ip("-n", namespace(other), "route", what, "blackhole", address(one) + "/32");
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("ip"));
    line.addAll(List.of(words));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", line) + ": " + said.strip());
    }
  }

  /** Removes it, and of it what can be removed; what runs there should have ended. */
  @Override
  public void close() throws IOException, InterruptedException {
    IOException left = null;
    for (String namespace : namespaces) {
      try {
        ip("netns", "delete", namespace);
      } catch (IOException e) {
        left = e;
      }
    }
    if (left != null) {
      throw left;
    }
  }
}
