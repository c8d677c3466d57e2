package io.doppelfleet.control.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeReport;
import io.doppelfleet.fleet.Stamp;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of nodes by what they say. */
@Timeout(60)
final class NodesTest {
  private static final String PARIS = "paris";
  private static final String OSLO = "oslo";
  private static final NodeHealth.OldKeys ALICE = new NodeHealth.OldKeys("alice", 3);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicLong heard = new AtomicLong();
  private Nodes nodes;
  private long said;

  @BeforeEach
  void start() {
    Promise<Nodes> started = Promise.promise();
    vertx.runOnContext(
        go -> {
          Nodes begun = new Nodes(vertx, now::get); // on one context, as a control has it
          for (String address : List.of(NodeReport.ADDRESS, NodeHealth.ADDRESS)) {
            vertx.eventBus().consumer(address, message -> heard.incrementAndGet());
          }
          started.complete(begun); // when all of them listen
        });
    nodes = started.future().await();
  }

  @AfterEach
  void end() {
    vertx.close().await();
  }

  private void say(String address, FleetMessage message) {
    vertx.eventBus().publish(address, Buffer.buffer(MessageJson.write(message)));
    said++;
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.get() == said);
  }

  private void runs(String sender, long sequence, long revision) {
    HostPort server = new HostPort(sender + ".example.org", 443);
    Stamp stamp = new Stamp(sender, 7, sequence);
    say(NodeReport.ADDRESS, new NodeReport(stamp, revision, server, "www.example.org", 1));
  }

  private void does(String sender, long sequence, NodeHealth.OldKeys... oldKeys) {
    does(sender, sequence, List.of(oldKeys));
  }

  private void does(String sender, long sequence, List<NodeHealth.OldKeys> oldKeys) {
    Stamp stamp = new Stamp(sender, 7, sequence);
    say(
        NodeHealth.ADDRESS,
        new NodeHealth(stamp, "1.0", 1, false, List.of(), List.of(), oldKeys, List.of()));
  }

  private OptionalLong alice(long since) {
    return nodes.oldKeyUse().connections("alice", since);
  }

  private void pass(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void whatANodeDoesIsOfNowForThreeTimesThatItTells() {
    runs(PARIS, 1, 4);
    does(PARIS, 2, ALICE);
    pass(4);
    runs(PARIS, 3, 4);
    pass(2);
    NodeReport report = nodes.present().getFirst();
    assertThat(nodes.health(report)).isNotNull();
    assertThat(alice(4)).hasValue(3);
    pass(1);
    assertThat(nodes.health(report)).isNull();
    assertThat(alice(4)).isEmpty();
    does(PARIS, 4);
    assertThat(nodes.health(report)).isNotNull();
    assertThat(alice(4)).hasValue(0);
  }

  @Test
  void thatNobodyUsesAnOldKeyIsKnownWhenEachNodeHasSaidSoSinceTheNewOneIsThere() {
    assertThat(alice(4)).isEmpty();
    runs(PARIS, 1, 3);
    runs(OSLO, 1, 4);
    assertThat(alice(4)).isEmpty();
    does(PARIS, 2);
    does(OSLO, 2, ALICE);
    assertThat(alice(4)).isEmpty();
    assertThat(alice(3)).hasValue(3);
    runs(PARIS, 3, 4);
    assertThat(alice(4)).isEmpty();
    does(PARIS, 4, ALICE);
    assertThat(alice(4)).hasValue(6);
  }

  @Test
  void whatComesLateIsOfNoRevisionThatItDoesNotKnow() {
    runs(PARIS, 1, 3);
    does(PARIS, 2);
    runs(PARIS, 4, 4);
    does(PARIS, 3);
    assertThat(alice(3)).hasValue(0);
    assertThat(alice(4)).isEmpty();
  }

  @Test
  void ofSecretsThatANodeHasNoPlaceToTellOfNothingIsKnown() {
    runs(PARIS, 1, 4);
    does(
        PARIS,
        2,
        IntStream.range(0, NodeHealth.MOST_OLD_KEYS)
            .mapToObj(i -> new NodeHealth.OldKeys("secret" + i, 2))
            .toList());
    assertThat(alice(4)).isEmpty();
    assertThat(nodes.oldKeyUse().connections("secret7", 4)).hasValue(2);
  }
}
