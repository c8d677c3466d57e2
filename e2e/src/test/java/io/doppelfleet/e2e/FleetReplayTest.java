package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hello is good once in the whole fleet: a control and two nodes, each a process of its own. */
@Tag("alone")
@Timeout(120)
final class FleetReplayTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int HELLOS = 20;

  /** What is promised from a hello's answer until it is a replay on each other node. */
  private static final long PROMISED_MILLIS = 250;

  /** A machine that has much else to do may hold up one. */
  private static final int MOST_LATE = 1;

  private static final String HEARD = "doppelfleet_replays_heard_total";

  @TempDir Path directory;
  private EchoDatacenter datacenter;
  private AlertingCover cover;
  private FarControl control;
  private final List<ProcessNode> nodes = new ArrayList<>();
  private ProcessNode paris;
  private ProcessNode oslo;
  private Secret alice;

  @BeforeEach
  void start() throws Exception {
    datacenter = EchoDatacenter.start();
    cover = AlertingCover.start();
    control = FarControl.start(directory.resolve("control"));
    alice = control.api.add("alice", "cover.example");
    for (String name : new String[] {"paris", "oslo"}) {
      control.join(name, directory.resolve(name));
    }
    paris = run("paris");
    oslo = run("oslo");
    for (ProcessNode node : nodes) {
      await().atMost(SOON).until(() -> isServed(node, hello()));
    }
  }

  private ProcessNode run(String name) throws Exception {
    ProcessNode node =
        ProcessNode.startFar(directory.resolve(name), cover.port(), datacenter.address());
    nodes.add(node);
    return node;
  }

  @AfterEach
  void end() throws Exception {
    nodes.forEach(ProcessNode::close);
    control.close();
    cover.close();
    datacenter.close();
    for (ProcessNode node : nodes) {
      assertThat(node.log()).doesNotContain("ERROR", "Exception", "was left");
    }
    assertThat(control.log()).doesNotContain("ERROR", "Exception", "was left");
  }

  private byte[] hello() {
    return Hellos.classic(alice).build().bytes();
  }

  /** Whether it is answered as a client's; else the cover answers. */
  private static boolean isServed(ProcessNode node, byte[] hello) throws Exception {
    try (RawSocket socket = RawSocket.connect(node.address())) {
      socket.send(hello);
      byte[] answer = socket.read();
      assertThat(answer).isNotEmpty();
      assertThat(answer[0]).isIn((byte) 0x16, AlertingCover.ALERT[0]);
      return answer[0] == 0x16;
    }
  }

  private void assertReplay(ProcessNode node, byte[] hello) throws Exception {
    assertThat(isServed(node, hello)).isFalse();
    assertThat(cover.has(hello)).isTrue();
  }

  /** How many hellos the others have met, as a node was told. */
  private static double heard(ProcessNode node) throws Exception {
    return node.metric(HEARD);
  }

  private static void awaitHeard(ProcessNode node, double more) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (heard(node) < more) {
      assertThat(System.nanoTime()).as("nothing was heard").isLessThan(end);
      Thread.sleep(2);
    }
  }

  @Test
  void whatOneNodeServedIsAReplayOnTheOthersWhateverStartsAnewMeanwhile() throws Exception {
    awaitHeard(oslo, 2); // one of each
    int late = 0;
    for (int i = 0; i < HELLOS; i++) {
      byte[] hello = hello();
      assertThat(isServed(paris, hello)).isTrue();
      Thread.sleep(PROMISED_MILLIS);
      if (isServed(oslo, hello)) {
        late++;
      } else {
        assertThat(cover.has(hello)).isTrue();
      }
    }
    System.out.printf(
        "%d ms after its answer on one node each of %d hellos was a replay on the other but for"
            + " %d%n",
        PROMISED_MILLIS, HELLOS, late);
    assertThat(late).isLessThanOrEqualTo(MOST_LATE);
    assertThat(
            oslo.metric(
                "doppelfleet_phase_failures_total"
                    + "{phase=\"greeting\",reason=\"replay from elsewhere\"}"))
        .isEqualTo(HELLOS - late);
    assertThat(isServed(oslo, hello())).isTrue();

    aNodeThatStartsKnowsWhatWasServedBefore();
    whatWasServedWithoutTheControlIsKnownWhenItIsBack();
  }

  /** From its first connection on. */
  private void aNodeThatStartsKnowsWhatWasServedBefore() throws Exception {
    assertThat(oslo.stop()).isZero();
    byte[] hello = hello();
    assertThat(isServed(paris, hello)).isTrue();
    oslo = run("oslo");
    assertReplay(oslo, hello);
    assertThat(isServed(oslo, hello())).isTrue();
  }

  private void whatWasServedWithoutTheControlIsKnownWhenItIsBack() throws Exception {
    Thread.sleep(2 * PROMISED_MILLIS); // its own last one comes back
    final double before = heard(oslo);
    control.kill();
    byte[] hello = hello();
    assertThat(isServed(paris, hello)).isTrue();
    assertThat(isServed(oslo, hello())).isTrue();
    control.startAgain();
    awaitHeard(oslo, before + 2);
    assertReplay(oslo, hello);
  }
}
