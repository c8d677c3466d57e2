package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.NodeProcess;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.bench.measure.ProcessCosts;
import io.doppelfleet.bench.measure.Sheet;
import io.doppelfleet.fleet.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What it costs a node to be one of a fleet. */
final class NodeMemory {
  private static final String NAME = "memory";
  private static final double MILLION = 1e6;

  private final Children children;
  private final Path script;
  private final BenchControl control;
  private final int restSeconds;

  /**
   * Of nodes with one secret.
   *
   * @param restSeconds so long after the start it is looked at
   */
  NodeMemory(Children children, Path script, BenchControl control, int restSeconds) {
    this.children = children;
    this.script = script;
    this.control = control;
    this.restSeconds = restSeconds;
  }

  void measure(Sheet sheet) throws IOException, InterruptedException {
    control.add(NAME);
    Secret secret = Secret.parse(control.secret(NAME));
    double own =
        resident(children.directory(), secret, "secrets: {" + NAME + ": " + secret.toHex() + "}");
    double one = joined(control, secret, "");
    double member = ofCluster();
    sheet.title("a node of one secret, %d s after its start".formatted(restSeconds));
    sheet.add("resident, alone", own, "MB");
    sheet.add("resident, in a fleet", one, "MB");
    sheet.add("resident, in a fleet's cluster", member, "MB");
  }

  /** Beside a control of its own, for a cluster would be in the other's figures too. */
  private double ofCluster() throws IOException, InterruptedException {
    Member one = Member.free();
    Member other = Member.free();
    try (BenchControl controls = BenchControl.start(children, script, one.beside(other))) {
      controls.add(NAME);
      return joined(controls, Secret.parse(controls.secret(NAME)), other.beside(one));
    }
  }

  private double joined(BenchControl to, Secret secret, String rest)
      throws IOException, InterruptedException {
    Path state = children.directory();
    Joining.join(children, script, state, to.token(NAME));
    return resident(state, secret, "role: proxy\n" + rest);
  }

  /** Where one of a cluster listens. */
  private record Member(int port, int busPort) {
    static Member free() throws IOException {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      return new Member(Ports.free(loopback).getPort(), Ports.free(loopback).getPort());
    }

    /** As its file says it. */
    String beside(Member other) {
      return "cluster: {members: [\"127.0.0.1:%d\"], listen: \"127.0.0.1:%d\", bus-port: %d}"
          .formatted(other.port, port, busPort);
    }
  }

  /** Nobody comes, so there is no cover either. */
  private double resident(Path state, Secret secret, String rest)
      throws IOException, InterruptedException {
    InetSocketAddress address = Ports.free(InetAddress.getLoopbackAddress());
    Path file =
        Files.writeString(
            state.resolve("node.yaml"),
            """
            state: "%s"
            proxy:
              listen: ["127.0.0.1:%d"]
              public: {host: 127.0.0.1, port: %d}
              cover: {host: 127.0.0.1, port: 9}
              probe-every: off
            %s
            """
                .formatted(state, address.getPort(), address.getPort(), rest));
    try (NodeProcess node =
        NodeProcess.start(
            children,
            List.of(script.toString(), "run", "--config", file.toString()),
            state.resolve("node.log"),
            address,
            secret)) {
      TimeUnit.SECONDS.sleep(restSeconds);
      return new ProcessCosts(node.pid()).residentBytes() / MILLION;
    }
  }
}
