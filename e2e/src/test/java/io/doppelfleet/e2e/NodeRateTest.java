package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;
import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node may relay in all, as its clients get it. */
@Tag("waiting")
@Timeout(60)
final class NodeRateTest {
  private static final Secret OTHER = Secret.of(new byte[Secret.KEY_LENGTH], SECRET.host());
  private static final FleetState STATE =
      new FleetState(1, List.of(new NamedSecret("alice", SECRET), new NamedSecret("bob", OTHER)));
  private static final int MIB = 1 << 20;
  private static final int FLOWS = 8;
  private static final int TIME_MILLIS = 3_000;

  /** What one read of each may pass beyond the rate. */
  private static final int READ = 64 << 10;

  @TempDir Path state;
  private final List<TestNode.Relayed> pairs = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  @Test
  void noMorePassesAndASecretHasItsShareHoweverManyConnectionsAnotherHas() throws Exception {
    var limits = new TestLimits().rate(MIB).drain(Duration.ZERO).limits();
    try (TestNode node = TestNode.start(state, limits, STATE)) {
      for (int i = 0; i < FLOWS; i++) {
        pairs.add(relayed(node, SECRET));
      }
      TestNode.Relayed one = relayed(node, OTHER);
      AtomicLong many = new AtomicLong();
      AtomicLong single = new AtomicLong();
      long begin = System.nanoTime();
      pairs.forEach(pair -> download(pair, many));
      download(one, single);
      pairs.add(one);
      Thread.sleep(TIME_MILLIS);
      long ofOne = single.get();
      long all = ofOne + many.get();
      double seconds = (System.nanoTime() - begin) / 1e9;
      end();
      // In a tenth more there are the headers of records.
      assertThat(all).isLessThan((long) ((MIB * (seconds + 0.25) + (FLOWS + 1) * READ) * 1.1));
      // Half would be fair; by connections it were a ninth.
      assertThat(ofOne).as("of %d bytes", all).isGreaterThan(all / 4);
    }
  }

  private static TestNode.Relayed relayed(TestNode node, Secret secret) throws Exception {
    ClientHello hello = Hellos.classic(secret).build();
    FakeTlsClient client = node.connect();
    client.handshake(hello, 2, RANDOM);
    RawSocket far = node.datacenter.take(SOON);
    return new TestNode.Relayed(client, far, TestNode.acceptStream(far));
  }

  /** As much as comes, until the test ends it. */
  private void download(TestNode.Relayed pair, AtomicLong came) {
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  byte[] piece = new byte[READ];
                  try {
                    while (true) {
                      pair.socket().send(piece);
                    }
                  } catch (IOException e) {
                    // ended
                  }
                }));
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  byte[] buffer = new byte[READ];
                  try {
                    for (int read = 0; read >= 0; read = pair.client().raw().read(buffer)) {
                      came.addAndGet(read);
                    }
                  } catch (IOException e) {
                    // ended
                  }
                }));
  }

  private void end() throws Exception {
    for (TestNode.Relayed pair : pairs) {
      pair.client().raw().reset();
      pair.socket().reset();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
