package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By which upstream a target is reached. */
final class ByUpstreamsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 443);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 443);
  private static final int UNREACHABLE = 4;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Legs legs = new Legs(loop, new LoopBytes(65_536, 1 << 20, 8));
  private final Dialler dialler = new Dialler(legs, EpollSocketChannel::new);
  private final List<PlayedUpstream> played = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    loop.submit(legs::release).get();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    for (PlayedUpstream each : played) {
      each.close();
    }
  }

  private PlayedUpstream play(PlayedUpstream.Part part) throws IOException {
    PlayedUpstream upstream = PlayedUpstream.of(part);
    played.add(upstream);
    return upstream;
  }

  /** Reaches IPv4 addresses only. */
  private PlayedUpstream withoutIpv6() throws IOException {
    return play(
        (in, out) -> {
          PlayedUpstream.greet(in, out);
          PlayedUpstream.reply(out, PlayedUpstream.ipv6Asked(in) ? UNREACHABLE : 0);
        });
  }

  /** Nobody listens there. */
  private static InetSocketAddress dead() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) gone.getLocalSocketAddress();
    }
  }

  /** Tried in this order. */
  private static Upstreams socks(InetSocketAddress... addresses) {
    List<Upstream> all = new ArrayList<>();
    for (InetSocketAddress each : addresses) {
      all.add(new Upstream("number " + all.size(), Upstream.Kind.SOCKS5, each, null, 1));
    }
    return new Upstreams(all, System::nanoTime);
  }

  private Leg dial(Upstreams by, Duration timeout, InetSocketAddress... to) throws Exception {
    Ways ways = new Ways(by, List.of(), () -> 0);
    return loop.submit(() -> dialler.dial(List.of(to), ways, timeout, LegHandler.NOBODY))
        .get()
        .result()
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatOneUpstreamWouldReachIsReachedWhereverItStands() throws Exception {
    PlayedUpstream limited = withoutIpv6();
    Upstreams by = socks(dead(), limited.address());
    assertThat(dial(by, TIMEOUT, IPV4, IPV6)).isNotNull();
    assertThat(dial(by, TIMEOUT, IPV6, IPV4)).isNotNull();
  }
}
