package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.doppel.Shaper;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.proxy.leg.DescriptorLeg;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.doppelfleet.proxy.record.RecordReader;
import io.doppelfleet.proxy.transport.CtrStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a pair when one or both of its ends are over. */
final class PairTest {
  private static final NamedSecret SECRET =
      new NamedSecret("alice", Secret.of(new byte[16], "cover.example"));
  private static final InetAddress FROM = InetAddress.ofLiteral("192.0.2.1");

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Scratch scratch =
      new Scratch(
          new Random(1),
          new Shaper(
              new Doppel(Profile.unknown(new HostPort("cover.example", 443))),
              Shaping.FULL,
              new Random(1)));
  private final PairTable.Accounts accounts = new PairTable.Accounts();
  private final PairTable table = new PairTable(Duration.ofMinutes(5), accounts);
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ServerSocket server;
  private Legs legs;
  private DescriptorLeg nearLeg;
  private DescriptorLeg farLeg;
  private Socket near;
  private Socket far;
  private @Nullable Served served;

  @BeforeEach
  void connectBoth() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    legs = on(() -> new Legs(loop, new LoopBytes(65_536, 1 << 20, 8)));
    nearLeg = leg();
    near = accept();
    farLeg = leg();
    far = accept();
  }

  @AfterEach
  void end() throws Exception {
    on(
        () -> {
          legs.release();
          return null;
        });
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    for (AutoCloseable each : toClose) {
      each.close();
    }
    server.close();
  }

  @Test
  void aCoverThatHasForgottenItsClosedSocketEndsThePairUnheard() throws Exception {
    splice();
    far.shutdownOutput();
    assertThat(near.getInputStream().read()).isEqualTo(-1);
    assertThat(accounts.strangers()).hasValue(1);
    int idle = on(() -> farLeg.isKeepAlive() ? farLeg.getIntOpt(6, 4) : 0); // TCP_KEEPIDLE
    assertThat(idle).isGreaterThan(60).isLessThan(90);
    seconds(idle);
    reset(far); // what a kernel answers to the question
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.strangers().get() == 0);
    // Nothing was said to the stranger, whose first byte now meets what a closed socket's would.
    near.getOutputStream().write(1);
    await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> near.getOutputStream().write(2))
                    .isInstanceOf(IOException.class));
  }

  @Test
  void aCoverThatResetsWhatItWasSentLateResetsTheStranger() throws Exception {
    splice();
    far.shutdownOutput();
    assertThat(near.getInputStream().read()).isEqualTo(-1);
    seconds(70);
    near.getOutputStream().write(1);
    assertThat(far.getInputStream().read()).isEqualTo(1);
    reset(far);
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.strangers().get() == 0);
    assertThatThrownBy(() -> near.getOutputStream().write(2)).isInstanceOf(IOException.class);
  }

  @Test
  void nothingOfAClientsKeysIsKeptWhenItsPairIsOver() throws Exception {
    WeakReference<CtrStream> from = serve();
    near.getOutputStream().write(new byte[] {0x17, 3, 3, 0, 2, 5, 6});
    assertThat(far.getInputStream().readNBytes(2)).hasSize(2);
    assertThat(from.get()).isNotNull();
    reset(near);
    await().atMost(5, TimeUnit.SECONDS).until(() -> accounts.clients().get() == 0);
    served = null;
    on(
        () -> {
          nearLeg.handTo(LegHandler.NOBODY); // or the test itself would keep the pair
          farLeg.handTo(LegHandler.NOBODY);
          return null;
        });
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () -> {
              System.gc();
              return from.get() == null;
            });
  }

  @Test
  void aPairKnowsBySecretAndAddressWhomItServesAndCountsItsBytes() throws Exception {
    for (String address : List.of("192.0.2.77", "2001:db8::7:8", "0.0.0.0", "::1")) {
      InetAddress from = InetAddress.ofLiteral(address);
      Served served = new Served(SECRET, from) {};
      assertThat(served.from()).isEqualTo(from);
      assertThat(served.secret()).isSameAs(SECRET);
    }
    serve();
    Served pair = Objects.requireNonNull(served);
    assertThat(pair.from()).isEqualTo(FROM);
    byte[] up = new byte[1_000_003];
    byte[] down = new byte[2_000_007];
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int at = 0; at < up.length; at += 10_000) {
                      int length = Math.min(10_000, up.length - at);
                      byte[] header = {0x17, 3, 3, (byte) (length >> 8), (byte) length};
                      near.getOutputStream().write(header);
                      near.getOutputStream().write(up, at, length);
                    }
                    far.getOutputStream().write(down);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(far.getInputStream().readNBytes(up.length)).hasSize(up.length);
    int payload = 0;
    while (payload < down.length) {
      byte[] header = near.getInputStream().readNBytes(5);
      int length = (header[3] & 0xff) << 8 | (header[4] & 0xff);
      payload += near.getInputStream().readNBytes(length).length;
    }
    writer.join();
    assertThat(on(pair::up)).isEqualTo(up.length);
    assertThat(on(pair::down)).isEqualTo(down.length);
    assertThat(accounts.up().sum()).isEqualTo(up.length);
    assertThat(accounts.down().sum()).isEqualTo(down.length);
  }

  private WeakReference<CtrStream> serve() throws Exception {
    CtrStream from = new CtrStream(new byte[32], new byte[16]);
    on(
        () -> {
          Pair pair =
              Pair.serve(
                  SECRET,
                  FROM,
                  nearLeg,
                  new RecordReader(),
                  from,
                  farLeg,
                  new CtrStream(new byte[32], new byte[16]),
                  scratch,
                  table);
          served = pair;
          pair.start(Unpooled.EMPTY_BUFFER);
          return null;
        });
    return new WeakReference<>(from);
  }

  private void splice() throws Exception {
    on(
        () -> {
          Pair.splice(nearLeg, farLeg, scratch, table).start(Unpooled.EMPTY_BUFFER);
          return null;
        });
  }

  private void seconds(int count) throws Exception {
    on(
        () -> {
          for (int i = 0; i < count; i++) {
            table.tick();
          }
          return null;
        });
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private DescriptorLeg leg() throws Exception {
    Channel channel =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(server.getLocalSocketAddress())
            .sync()
            .channel();
    Leg leg = on(() -> legs.take(channel, "", LegHandler.NOBODY));
    return (DescriptorLeg) leg;
  }

  private Socket accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(5000);
    socket.setTcpNoDelay(true);
    toClose.add(socket);
    return socket;
  }

  private <T> T on(Callable<T> work) throws Exception {
    return loop.submit(work).get(5, TimeUnit.SECONDS);
  }
}
