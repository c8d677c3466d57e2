package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.tcp.Ending;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A control and three nodes in a cluster, each a process in a network namespace of its own, under
 * clients and writers: members are cut off from each other, stopped and killed.
 */
@Timeout(300)
@Tag("waiting")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PartitionTest extends FarNodes {
  private static final String CARRIED = "the link to a control is open, over the cluster";
  private static final List<String> NAMES = List.of("paris", "oslo", "rome");
  private static final int CONTROL = 0;
  private static final int PARIS = 1;
  private static final int OSLO = 2;
  private static final int ROME = 3;
  private static final int PORT = 5701;

  /** From a network's mending until a node is in the cluster and has its link. */
  private static final Duration BACK = Duration.ofSeconds(60);

  /**
   * Longer than whatever acts on silence: a link and an identity 8 s, a report 5 s, a member of the
   * cluster 10 s.
   */
  private static final Duration SILENCE = Duration.ofSeconds(Long.getLong("fault.seconds", 12));

  private TestNetwork network;
  private final Map<String, Supplier<InetSocketAddress>> addresses = new HashMap<>();

  @Override
  @BeforeAll
  void start() throws Exception {
    network = TestNetwork.make(1 + NAMES.size());
    super.start();
    for (String name : NAMES) {
      addresses.put(name, () -> node(name).address());
      joined(name);
    }
    awaitAll();
    awaitCarried();
  }

  @Override
  InetAddress around() throws Exception {
    return network.here();
  }

  @Override
  InetAddress home() throws Exception {
    return network.here();
  }

  /** Hazelcast calls an error, with exceptions, what it mends itself after a member was gone. */
  @Override
  List<String> unsaid() {
    return List.of("tg://");
  }

  @Override
  FarControl startedControl() throws Exception {
    return FarControl.start(
        state("control"),
        FarControl.h2(state("control")),
        network.address(CONTROL),
        cluster(CONTROL),
        network.in(CONTROL));
  }

  @Override
  ProcessNode started(String name, List<String> under) throws Exception {
    int process = 1 + NAMES.indexOf(name);
    return ProcessNode.startFar(
        state(name),
        cover.port(),
        datacenter.address(),
        cluster(process),
        new ProcessNode.Where(
            network.address(process), network.here().getHostAddress(), network.in(process)));
  }

  private String cluster(int process) {
    return "cluster: {members: [\"%s\", \"%s\"], listen: \"%s:%d\"}"
        .formatted(
            network.address(CONTROL), network.address(PARIS), network.address(process), PORT);
  }

  @Override
  @AfterAll
  void end() throws Exception {
    if (network != null) { // else it was left out
      try {
        super.end();
      } finally {
        network.close();
      }
    }
  }

  private void awaitAll() {
    awaitRevision(NAMES.toArray(String[]::new));
  }

  /** Each node's link is over the cluster, whatever it was before. */
  private void awaitCarried() {
    for (String name : NAMES) {
      await()
          .atMost(BACK)
          .until(
              () -> {
                String log = node(name).log();
                return log.lastIndexOf(CARRIED) > log.lastIndexOf("no link to the control");
              });
    }
  }

  private Movers moving(String secret) throws Exception {
    control.api.add(secret, HOST);
    awaitAll();
    return Movers.start(control.api, secret, addresses);
  }

  private boolean isConnected(String name) throws Exception {
    return control.node(name).getBoolean("connected");
  }

  /** One node is cut off from all others, and another one stands still. */
  @Test
  @Order(1)
  void whoIsCutOffOrStandsStillMissesNothingInTheEndAndAllOthersGoOnMeanwhile() throws Exception {
    try (Movers movers = moving("alice")) {
      Secret gone = control.api.add("gone", HOST);
      awaitAll();
      FakeTlsClient inParis = client(node("paris"), gone);
      FakeTlsClient inOslo = client(node("oslo"), gone);
      FakeTlsClient inRome = client(node("rome"), gone);
      for (int other : List.of(CONTROL, OSLO, ROME)) {
        network.cut(PARIS, other);
      }
      signal("STOP", node("rome"));
      long since = System.nanoTime();
      final WithinASecond revoked = WithinASecond.begin();
      control.api.done("DELETE", "/secrets/gone", "");
      assertThat(inOslo.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      revoked.over("beside a member that is cut off and one that stands still a client was cut");
      control.api.add("meanwhile", HOST);
      awaitRevision("oslo");
      client(node("oslo"), control.api.secret("meanwhile"));
      await().atMost(SOON).until(() -> !isConnected("paris") && !isConnected("rome"));
      Thread.sleep(SILENCE.minusNanos(System.nanoTime() - since));
      movers.awaitMore("paris", "oslo");
      echo(inParis);

      for (int other : List.of(CONTROL, OSLO, ROME)) {
        network.mend(PARIS, other);
      }
      WithinASecond awake = WithinASecond.begin();
      signal("CONT", node("rome"));
      assertThat(inRome.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      awake.over("after its node woke up a client was cut whose secret was revoked meanwhile");
      assertThat(inParis.raw().readToEnd().ending()).isEqualTo(Ending.FIN);
      awaitAll();
      for (String name : NAMES) {
        client(node(name), control.api.secret("meanwhile"));
      }
      movers.endWithoutLoss();
    }
  }

  /** Where there is no link for a moment, another one follows. */
  @Test
  @Order(2)
  void aControlThatIsKilledAmidWritesHasAllThatItAnsweredAndANodeThatIsKilledHasToldAlmostAll()
      throws Exception {
    try (Movers movers = moving("bob")) {
      long before = control.revision();
      try (Writes writes = Writes.start(control.api, "w")) {
        await().atMost(SOON).until(() -> writes.done() > 20);
        long told = movers.told("rome");
        control.kill();
        node("rome").kill();
        long killed = movers.in("rome").moved();
        int connections = movers.in("rome").connections();
        run("rome");
        await().atMost(SOON).until(() -> movers.in("rome").connections() > connections);
        control.startAgain();
        int then = writes.done();
        await().atMost(SOON).until(() -> writes.done() > then + 10);
        writes.end();
        assertThat(control.revision()).isEqualTo(before + writes.assertWhole());
        awaitAll();
        movers.endWithoutLossBut("rome", told, killed);
      }
    }
  }

  private static void signal(String signal, ProcessNode node) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(node.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
