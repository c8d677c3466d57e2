package io.doppelfleet.proxy.cover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.dial.Dialler;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.front.Ends;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.relay.PairTable;
import io.doppelfleet.proxy.relay.Scratch;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A cover that leads back to the proxy by a way that its address doesn't show. */
final class LoopTest {
  @Test
  void isCutAfterAFewRoundsAndChanceIsNot() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ServerSocket site = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
      HostPort address = new HostPort("127.0.0.1", site.getLocalPort());
      Cover cover = new Cover(address);
      await(cover.follow(vertx));
      Dialler dialler =
          new Dialler(
              new Legs(loops.next(), new LoopBytes(65_536, 1 << 20, 8)), NioSocketChannel::new);
      Doppel doppel = new Doppel(Profile.unknown(address));
      Scratch scratch = new Scratch(new Random(), new Shaper(doppel, Shaping.FULL, new Random()));
      Splices splices =
          new Splices(
              cover,
              dialler,
              new PairTable(Duration.ofSeconds(9), new PairTable.Accounts(), scratch),
              Duration.ofSeconds(5));
      List<Leg> legs = new ArrayList<>();
      // Each round comes from where the last one was dialled, as a redirected loop would.
      InetSocketAddress from = new InetSocketAddress("192.0.2.1", 1234);
      for (int round = 0; round < 4; round++) {
        InetSocketAddress now = from;
        Leg leg = await(on(loops, () -> splices.dial(by(now), LegHandler.NOBODY).result()));
        legs.add(leg);
        from = Objects.requireNonNull(leg.localAddress());
      }
      InetSocketAddress last = from;
      assertThatThrownBy(() -> on(loops, () -> splices.dial(by(last), LegHandler.NOBODY)))
          .hasRootCauseInstanceOf(IOException.class)
          .hasMessageContaining("leads back to this proxy");
      // Who has the address of one of our dials by chance is one hop away, and is served.
      InetSocketAddress chance = Objects.requireNonNull(legs.getFirst().localAddress());
      legs.add(await(on(loops, () -> splices.dial(by(chance), LegHandler.NOBODY).result())));
      loops.submit(() -> legs.forEach(Leg::close)).get();
      loops.submit(() -> {}).get();
      assertThat(cover.hops(last)).isZero();
    } finally {
      await(vertx.close());
    }
  }

  private static Ends by(InetSocketAddress from) {
    return new Ends(from, new InetSocketAddress("192.0.2.2", 443));
  }

  private static <T> T on(MultiThreadIoEventLoopGroup loops, java.util.concurrent.Callable<T> work)
      throws Exception {
    return loops.submit(work).get(5, TimeUnit.SECONDS);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
