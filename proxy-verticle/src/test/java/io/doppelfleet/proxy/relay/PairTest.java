package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
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
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a pair when one or both of its ends are over. */
final class PairTest {
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

  private WeakReference<CtrStream> serve() throws Exception {
    CtrStream from = new CtrStream(new byte[32], new byte[16]);
    on(
        () -> {
          Pair.serve(
                  nearLeg,
                  new RecordReader(),
                  from,
                  farLeg,
                  new CtrStream(new byte[32], new byte[16]),
                  scratch,
                  table)
              .start(Unpooled.EMPTY_BUFFER);
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
