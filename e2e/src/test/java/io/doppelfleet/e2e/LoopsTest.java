package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static io.doppelfleet.e2e.TestNode.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.standin.tcp.RawServer;
import io.doppelfleet.standin.tcp.RawSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node of two event loops. */
@Timeout(60)
final class LoopsTest {
  private static final FleetState STATE =
      new FleetState(1, List.of(new NamedSecret("alice", SECRET)));

  @TempDir Path directory;

  @Test
  void bothLegsOfAPairAreWatchedByTheLoopThatItWasDealtTo() throws Exception {
    try (TestNode node = TestNode.startOnTwoLoops(directory, STATE, Clock.systemUTC())) {
      Set<String> loops = new HashSet<>();
      for (int pair = 0; pair < 8; pair++) {
        TestNode.Relayed relayed = node.relayed();
        relayed.client().say(new byte[] {7}, 1);
        assertThat(relayed.heard(1)).containsExactly(7);
        loops.add(loopOf(node, relayed.client().raw(), relayed.socket(), node.datacenter));
        relayed.client().close();
      }
      assertThat(loops).as("loops with clients").hasSize(2);
      loops.clear();
      for (int pair = 0; pair < 4; pair++) {
        RawSocket stranger = node.connectRaw();
        stranger.send(new byte[] {'x'});
        RawSocket site = node.siteOf(new byte[] {'x'});
        loops.add(loopOf(node, stranger, site, node.cover));
        stranger.close();
      }
      assertThat(loops).as("loops with strangers").hasSize(2);
    }
  }

  /** The one of a pair whose far ends are these; fails where its legs have two. */
  private static String loopOf(TestNode node, RawSocket near, RawSocket far, RawServer server)
      throws IOException {
    long nearLeg = TcpTable.inode(node.address().getPort(), near.socket().getLocalPort());
    long farLeg = TcpTable.inode(far.socket().getPort(), server.address().getPort());
    // A channel that isn't read for a moment isn't watched either.
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(WatchedSockets.watchers(nearLeg))
                    .hasSize(1)
                    .isEqualTo(WatchedSockets.watchers(farLeg)));
    return WatchedSockets.watchers(nearLeg).getFirst();
  }
}
