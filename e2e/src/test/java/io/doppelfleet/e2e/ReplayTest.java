package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.FleetState;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.proxy.ProxyOptions;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hello is good once, however late it comes again and whatever happened meanwhile. */
final class ReplayTest {
  @TempDir Path state;

  @Test
  void aHelloServedBeforeAKillIsAReplayAfterIt() throws Exception {
    byte[] hello = Hellos.classic(SECRET).build().bytes();
    try (EchoDatacenter datacenter = EchoDatacenter.start()) {
      try (ProcessNode node = ProcessNode.start(state, SECRET, datacenter.address())) {
        assertThat(answer(node.address(), hello).bytes()).startsWith(0x16);
        node.kill();
      }
      try (ProcessNode node = ProcessNode.start(state, SECRET, datacenter.address())) {
        RawSocket.Rest rest = answer(node.address(), hello);
        assertThat(rest.bytes()).isEmpty();
        assertThat(rest.ending()).isEqualTo(Ending.RST); // its cover is down
        assertThat(answer(node.address(), Hellos.classic(SECRET).build().bytes()).bytes())
            .startsWith(0x16);
      }
    }
  }

  @Test
  void aHelloStampedTwoMinutesAheadIsAReplayFourMinutesLater() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    FleetState known = new FleetState(1, List.of(new NamedSecret("alice", SECRET)));
    Instant ahead = now.get().plusSeconds(120);
    byte[] hello = Hellos.classic(SECRET).at(ahead).build().bytes();
    try (TestNode node = TestNode.start(state, ProxyOptions.Limits.defaults(), known, clock)) {
      assertThat(answer(node.address(), hello).bytes()).startsWith(0x16);
      now.set(now.get().plusSeconds(239));
      // A fresh hello of the same time is still good, so it isn't the clock that refuses.
      byte[] fresh = Hellos.classic(SECRET).at(ahead).build().bytes();
      assertThat(answer(node.address(), fresh).bytes()).startsWith(0x16);
      try (RawSocket stranger = RawSocket.connect(node.address())) {
        stranger.send(hello);
        node.siteOf(hello).close();
      }
    }
  }

  /** What a hello meets; who is served says no more and half-closes. */
  private static RawSocket.Rest answer(InetSocketAddress node, byte[] hello) throws Exception {
    try (RawSocket socket = RawSocket.connect(node)) {
      socket.send(hello);
      byte[] first;
      try {
        first = socket.read();
      } catch (java.net.SocketException e) {
        return new RawSocket.Rest(new byte[0], Ending.RST);
      }
      return new RawSocket.Rest(first, Ending.FIN);
    }
  }
}
