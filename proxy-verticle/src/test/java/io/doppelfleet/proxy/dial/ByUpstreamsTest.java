package io.doppelfleet.proxy.dial;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.proxy.doppel.Heard;
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
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which upstream a target is reached, and whose failure it is when it isn't. */
final class ByUpstreamsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 443);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::1", 443);
  private static final int UNREACHABLE = 4;

  /** Bytes of the answer to a SOCKS5 greeting. */
  private static final int GREETING = 2;

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
    Ways ways = new Ways(by, List.of(), 0, () -> 0);
    return loop.submit(() -> dialler.dial(List.of(to), ways, timeout, LegHandler.NOBODY))
        .get()
        .result()
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private void fails(Upstreams by, Duration timeout, InetSocketAddress... to) {
    assertThatThrownBy(() -> dial(by, timeout, to))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  private static long failures(Upstreams by, int number) {
    return by.all().get(number).failures();
  }

  @Test
  void whatOneUpstreamWouldReachIsReachedWhereverItStands() throws Exception {
    PlayedUpstream limited = withoutIpv6();
    Upstreams by = socks(dead(), limited.address());
    assertThat(dial(by, TIMEOUT, IPV4, IPV6)).isNotNull();
    assertThat(dial(by, TIMEOUT, IPV6, IPV4)).isNotNull();
    assertThat(failures(by, 0)).as("once for each dial").isEqualTo(2);
    assertThat(failures(by, 1)).as("of IPv6 it said so itself").isZero();
  }

  @Test
  void anUpstreamsNameMayLeadToSeveralAddressesAndIsTheUpstreamsOwnPart() throws Exception {
    Upstreams by = socks(InetSocketAddress.createUnresolved("upstream.invalid", 1080));
    Upstreams.Health named = by.all().getFirst();
    try (Heard told = new Heard(Upstreams.class)) {
      for (int i = 0; i < 3; i++) {
        fails(by, TIMEOUT, IPV4);
      }
      assertThat(told.lines())
          .singleElement()
          .asString()
          .startsWith("the upstream number 0 fails (its name doesn't resolve)");
    }
    named.found(List.of(withoutIpv6().address(), dead()));
    fails(by, TIMEOUT, IPV4); // it was the second one's turn
    assertThat(dial(by, TIMEOUT, IPV4)).as("the next one of its addresses").isNotNull();
    assertThat(named.isDown()).isFalse();
  }

  /** The client of an upstream that says this when it's asked for a data centre. */
  private Upstreams saying(String answer) throws IOException {
    if (answer.startsWith("HTTP")) {
      InetSocketAddress at =
          play((in, out) -> {
                PlayedUpstream.request(in);
                out.write((answer + "\r\nContent-Length: 0\r\n\r\n").getBytes(US_ASCII));
              })
              .address();
      return new Upstreams(
          List.of(new Upstream("one", Upstream.Kind.HTTP, at, null, 1)), System::nanoTime);
    }
    byte[] reply = HexFormat.ofDelimiter(" ").parseHex(answer);
    return socks(
        play((in, out) -> {
              if (reply.length > GREETING) {
                PlayedUpstream.greet(in, out);
                PlayedUpstream.ipv6Asked(in);
              }
              out.write(reply);
            })
            .address());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05 01 00 01 00 00 00 00 00 00",
        "05 04 00 01 00 00 00 00 00 00",
        "05 08 00 01 00 00 00 00 00 00",
        "HTTP/1.1 500 Unable to connect",
        "HTTP/1.1 502 Bad Gateway",
        "HTTP/1.1 503 Service Unavailable"
      })
  void anUpstreamThatSaysThatADataCentreIsOutOfReachStaysUp(String answer) throws Exception {
    Upstreams by = saying(answer);
    for (int i = 0; i < 3; i++) {
      fails(by, TIMEOUT, IPV4);
    }
    assertThat(failures(by, 0)).isZero();
    assertThat(by.all().getFirst().isDown()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05 ff",
        "05 07 00 01 00 00 00 00 00 00",
        "04 00 00 01 00 00 00 00 00 00",
        "HTTP/1.1 407 Proxy Authentication Required",
        "HTTP/1.1 403 Forbidden",
        "HTTP/1.1 501 Not Implemented"
      })
  void anUpstreamThatRefusesTheClientOrIsNoneIsPassedOver(String answer) throws Exception {
    Upstreams by = saying(answer);
    for (int i = 0; i < 3; i++) {
      fails(by, TIMEOUT, IPV4);
    }
    assertThat(failures(by, 0)).isEqualTo(3);
    assertThat(by.all().getFirst().isDown()).isTrue();
  }

  @Test
  void whereADataCentreIsSilentTheUpstreamIsNotToBlame() throws Exception {
    Upstreams by = socks(play(PlayedUpstream::greet).address());
    fails(by, Duration.ofMillis(1500), IPV4);
    assertThat(failures(by, 0)).isZero();
  }

  @Test
  void aSilentUpstreamFailsOnceForAllAddresses() throws Exception {
    PlayedUpstream silent = play((in, out) -> {});
    Upstreams by = socks(silent.address());
    fails(by, Duration.ofMillis(2500), IPV4, IPV6);
    assertThat(silent.taken()).isEqualTo(2);
    assertThat(failures(by, 0)).isEqualTo(1);
  }

  /** As when a client had to wait for its turn, and its time is nearly over. */
  @Test
  void anUpstreamThatHadNoTimeIsNotToBlame() throws Exception {
    Upstreams by = socks(play((in, out) -> {}).address());
    fails(by, Duration.ofMillis(100), IPV4);
    assertThat(failures(by, 0)).isZero();
  }

  @Test
  void aDistantUpstreamHasTheTimeThatItTakes() throws Exception {
    PlayedUpstream next = withoutIpv6();
    assertThat(dial(socks(next.address()), TIMEOUT, IPV4)).isNotNull(); // all is loaded now
    PlayedUpstream distant =
        play(
            (in, out) -> {
              PlayedUpstream.greet(in, out);
              TimeUnit.MILLISECONDS.sleep(300);
              PlayedUpstream.reply(out, PlayedUpstream.ipv6Asked(in) ? UNREACHABLE : 0);
            });
    Upstreams by = socks(distant.address(), next.address());
    assertThat(dial(by, TIMEOUT, IPV4)).isNotNull();
    assertThat(next.taken()).as("its own dial's").isEqualTo(1);
    assertThat(failures(by, 0)).isZero();
  }

  @Test
  void whoLosesARaceIsPassedOverOnlyWhereNothingWasHeardOfIt() throws Exception {
    Upstreams by =
        socks(
            play(PlayedUpstream::greet).address(),
            play((in, out) -> {}).address(),
            withoutIpv6().address());
    assertThat(dial(by, TIMEOUT, IPV4)).isNotNull();
    assertThat(failures(by, 0)).as("it greeted").isZero();
    assertThat(failures(by, 1)).as("it was silent").isEqualTo(1);
  }
}
