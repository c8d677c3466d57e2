package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who doesn't read stops who writes, and little waits in the process: for one pair, and in all. */
final class SlowReaderTest {
  private static final FleetState STATE =
      new FleetState(1, List.of(new NamedSecret("alice", SECRET)));

  private static final Writer DATACENTRE = (pair, piece) -> pair.socket().send(piece);
  private static final Writer CLIENT = (pair, piece) -> pair.client().say(piece, 16_384);

  /** {@code proxy.limits.waiting-per-connection} as it is by default, bytes. */
  private static final int MOST_OF_A_PAIR = 64 * 1024;

  @TempDir Path state;

  private interface Writer {
    void write(TestNode.Relayed pair, byte[] piece) throws IOException;
  }

  @Test
  void aSlowClientStopsItsDataCentreAndLittleWaits() throws Exception {
    slowReaders(20, defaults(), DATACENTRE);
  }

  @Test
  void aSlowDataCentreStopsItsClientAndLittleWaits() throws Exception {
    slowReaders(20, defaults(), CLIENT);
  }

  @Test
  void whereNeitherEndReadsNoMoreWaitsThanForOne() throws Exception {
    slowReaders(20, defaults(), DATACENTRE, CLIENT);
  }

  @Test
  void howeverManyAreSlowNoMoreWaitsInAllThanIsAllowed() throws Exception {
    ProxyOptions.Limits little =
        new TestLimits()
            .connections(110)
            .drain(Duration.ofSeconds(1))
            .waitingInAll(1 << 20)
            .limits();
    slowReaders(100, little, DATACENTRE, CLIENT);
  }

  private static ProxyOptions.Limits defaults() {
    return new TestLimits().connections(100).drain(Duration.ofSeconds(1)).limits();
  }

  /** Pairs whose ends write all that they can, and none of which reads. */
  private void slowReaders(int pairs, ProxyOptions.Limits limits, Writer... ends) throws Exception {
    try (TestNode node = TestNode.start(state, limits, STATE)) {
      List<TestNode.Relayed> slow = new ArrayList<>();
      List<Thread> writers = new ArrayList<>();
      AtomicLong written = new AtomicLong();
      for (int i = 0; i < pairs; i++) {
        TestNode.Relayed relayed = node.relayed();
        slow.add(relayed);
        for (Writer end : ends) {
          writers.add(Thread.ofVirtual().start(() -> writeAll(relayed, end, written)));
        }
      }
      AtomicLong before = new AtomicLong(-1);
      AtomicLong mostInAll = new AtomicLong();
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                mostInAll.accumulateAndGet((long) waiting(node), Math::max);
                long now = written.get();
                return before.getAndSet(now) == now;
              });
      assertThat(writers).as("those who still have something to write").allMatch(Thread::isAlive);
      double most = node.meters.get("doppelfleet.waiting.pair.most").gauge().value();
      assertThat(most).isBetween(1.0, (double) MOST_OF_A_PAIR);
      assertThat(mostInAll.get())
          .isGreaterThan(0)
          .isLessThanOrEqualTo(Math.min((long) pairs * MOST_OF_A_PAIR, limits.waitingInAll()));
      // The others are served meanwhile.
      TestNode.Relayed other = node.relayed();
      other.client().say(new byte[] {9}, 1);
      assertThat(other.heard(1)).containsExactly(9);
      other.client().close();
      other.socket().close();
      for (TestNode.Relayed each : slow) {
        each.client().raw().reset();
        each.socket().reset();
      }
      await().atMost(SOON).until(() -> node.node.clients() == 0);
      assertThat(waiting(node)).isZero();
      for (Thread each : writers) {
        each.join();
      }
    }
  }

  private static void writeAll(TestNode.Relayed pair, Writer end, AtomicLong written) {
    try {
      for (int piece = 0; piece < 1024; piece++) {
        end.write(pair, new byte[64 * 1024]);
        written.incrementAndGet();
      }
    } catch (IOException e) {
      // The test resets it: nobody reads all that.
    }
  }

  private static double waiting(TestNode node) {
    return node.meters.get("doppelfleet.waiting").gauge().value();
  }
}
