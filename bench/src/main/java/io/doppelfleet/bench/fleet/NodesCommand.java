package io.doppelfleet.bench.fleet;

import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.KnownState;
import io.doppelfleet.fleet.Sender;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.greeting.SecretSearch;
import io.doppelfleet.proxy.link.ControlLink;
import io.doppelfleet.proxy.link.Joining;
import io.doppelfleet.proxy.link.NodeIdentity;
import io.doppelfleet.proxy.state.Reporter;
import io.doppelfleet.proxy.state.StateFollower;
import io.doppelfleet.proxy.state.TrafficReporter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/**
 * Nodes' ends of their links, some in one process, each with all that a node has but the listener:
 * the link, the follower, the index of secrets, the report. It reads tokens, one a line and an
 * empty one after them, says {@code ready}, and then for each state that a node runs its revision
 * and the time, {@link System#nanoTime}: on Linux one clock for all processes. When it reads
 * {@value #CLIENTS} its nodes begin to report what clients move.
 */
@Command(name = "nodes", hidden = true)
final class NodesCommand implements Callable<Integer> {
  static final String CLIENTS = "clients";

  private static final SecureRandom RANDOM = new SecureRandom();

  /** One that follows. */
  private record Node(Vertx vertx, Sender sender, StateFollower follower) {
    void haveClients() {
      var _ =
          new TrafficReporter(
              vertx,
              sender,
              new UsedSecrets(follower.present().state(), sender.name().hashCode()),
              new NothingKept());
    }
  }

  @Override
  public Integer call() throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<JoinToken> tokens = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      tokens.add(JoinToken.parse(line));
    }
    List<Node> nodes = new ArrayList<>();
    for (JoinToken token : tokens) {
      nodes.add(begin(token));
    }
    System.out.println("ready");
    // Its end tells that nobody wants these nodes any more.
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(CLIENTS)) {
        nodes.forEach(Node::haveClients);
      }
    }
    return ExitCode.OK;
  }

  private static Node begin(JoinToken token) throws Exception {
    // One for each: what a control tells a node is published on the node's own bus.
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2));
    NodeIdentity identity = Joining.join(vertx, token, RANDOM).await();
    Sender sender = new Sender(identity.sender(), Instant.EPOCH);
    ControlLink.start(vertx, identity, sender, new NothingToDo(), Clock.systemUTC(), RANDOM, null)
        .opened()
        .await();
    StateFollower follower = StateFollower.start(vertx, sender, identity.statesKey()).await();
    FleetState first = follower.present().state();
    SecretSearch search = new SecretSearch(vertx, first, Instant.now());
    Reporter reporter =
        new Reporter(
            vertx,
            sender,
            server(),
            BenchControl.HOST,
            NodesCommand::clients,
            () -> false,
            first.revision());
    follower.follow(state -> take(state, search, reporter)).await();
    return new Node(vertx, sender, follower);
  }

  /** Some more or some fewer each second, as where there are clients. */
  private static int clients() {
    return 200 + RANDOM.nextInt(20);
  }

  private static HostPort server() throws IOException {
    return new HostPort("127.0.0.1", Ports.free(InetAddress.getLoopbackAddress()).getPort());
  }

  private static void take(KnownState state, SecretSearch search, Reporter reporter) {
    search.apply(state.state(), Instant.now());
    long at = System.nanoTime();
    reporter.applied(state.revision());
    System.out.println(state.revision() + " " + at);
  }

  /** No node here starts a second time. */
  private static final class NothingKept implements TrafficReporter.Keeper {
    @Override
    public List<TrafficReport> read() {
      return List.of();
    }

    @Override
    public void write(List<TrafficReport> reports) {}
  }

  /** None is renewed, drained or removed here. */
  private static final class NothingToDo implements ControlLink.Events {
    @Override
    public void renewed(NodeIdentity identity) {}

    @Override
    public void drain(Duration longest) {}

    @Override
    public void removed(String why) {}
  }
}
