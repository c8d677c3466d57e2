package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.Heard;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of several addresses wins; what Netty says late, or elsewhere than on the loop. */
final class DiallerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Legs legs = new Legs(loop, new LoopBytes(65_536, 1 << 20, 8));
  private final List<Channel> attempts = new CopyOnWriteArrayList<>();
  private final Dialler dialler = new Dialler(legs, this::attempt);
  private final List<AutoCloseable> toClose = new ArrayList<>();

  private Channel attempt() {
    Channel channel = new EpollSocketChannel();
    attempts.add(channel);
    return channel;
  }

  @AfterEach
  void end() throws Exception {
    loop.submit(legs::release).get();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  @Test
  void whereAnAddressRefusesTheNextOneServes() throws Exception {
    ServerSocket listener = listen(50);
    Leg leg = dial(List.of(refusing(), at(listener)));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
    assertThat(attempts).hasSize(2);
  }

  @Test
  void whereAnAddressIsSilentTheNextOneIsTriedBesideItAndWins() throws Exception {
    ServerSocket listener = listen(50);
    InetSocketAddress silent = silent();
    long begun = System.nanoTime();
    Leg leg = dial(List.of(silent, at(listener)));
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(Duration.ofMillis(250));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
    assertThat(attempts).hasSize(2);
    Awaitility.await().atMost(TIMEOUT).until(() -> !attempts.getFirst().isOpen());
  }

  @Test
  void anAddressThatAnswersAtOnceIsTheOnlyOneThatIsTried() throws Exception {
    ServerSocket listener = listen(50);
    ServerSocket second = listen(50);
    dial(List.of(at(listener), at(second)));
    listener.accept().close();
    // Longer than the next one would have waited for its turn.
    loop.schedule(() -> {}, 400, TimeUnit.MILLISECONDS).get();
    assertThat(attempts).hasSize(1);
  }

  private Leg dial(List<InetSocketAddress> addresses) throws Exception {
    return await(
        loop.submit(() -> dialler.dial(addresses, TIMEOUT, LegHandler.NOBODY)).get().result());
  }

  /**
   * In one batch of events: a client's bytes, upon which a dial is given up, and that dial's own
   * event, a refusal. The dial that begins in between must not take it for its answer.
   */
  @Test
  void aDialHearsNothingOfTheOneWhoseNumberItWouldHave() throws Exception {
    ServerSocket listener = listen(50);
    AtomicReference<Dialler.Dial> given = new AtomicReference<>();
    AtomicReference<Dialler.Dial> next = new AtomicReference<>();
    Leg client = dial(List.of(at(listener)));
    Socket far = listener.accept();
    toClose.add(far);
    InetSocketAddress refusing = refusing();
    loop.submit(
            () -> {
              client.handTo(
                  new OnBytes(
                      () -> {
                        given.get().cancel();
                        next.set(dialler.dial(List.of(at(listener)), TIMEOUT, LegHandler.NOBODY));
                      }));
              client.read();
            })
        .get();
    loop.submit(() -> {}).get(); // it was looked at, and nothing was there
    loop.submit(
            () -> {
              far.getOutputStream().write(1); // ready first
              given.set(dialler.dial(List.of(refusing), TIMEOUT, LegHandler.NOBODY));
              return null;
            })
        .get();
    Awaitility.await().atMost(TIMEOUT).until(() -> next.get() != null);
    Leg connected = await(next.get().result());
    Socket nextFar = listener.accept();
    toClose.add(nextFar);
    loop.submit(
            () -> {
              connected.write(Unpooled.directBuffer().writeByte(7));
              connected.flush();
            })
        .get();
    assertThat(nextFar.getInputStream().read()).isEqualTo(7);
  }

  /** As when a process has all the files open that it may have. */
  @Test
  void whereNoSocketCanBeMadeTheAnswerComesOnTheLoopAllTheSame() throws Exception {
    Dialler without = new Dialler(legs, DiallerTest::noSocket);
    List<InetSocketAddress> two = List.of(refusing(), refusing());
    Promise<Boolean> failedOnLoop = Promise.promise();
    loop.submit(
            () ->
                without
                    .dial(two, TIMEOUT, LegHandler.NOBODY)
                    .result()
                    .onFailure(failure -> failedOnLoop.complete(loop.inEventLoop())))
        .get();
    assertThat(await(failedOnLoop.future())).isTrue();
  }

  @Test
  void aSocketThatCouldNotBeMadeIsNoMatterOnceTheDialIsGivenUp() throws Exception {
    Dialler without = new Dialler(legs, DiallerTest::noSocket);
    List<InetSocketAddress> one = List.of(refusing());
    Promise<Void> later = Promise.promise();
    try (Heard complaints = new Heard(AbstractEventExecutor.class)) {
      loop.submit(
              () -> {
                without.dial(one, TIMEOUT, LegHandler.NOBODY).cancel();
                without
                    .dial(one, TIMEOUT, LegHandler.NOBODY)
                    .result()
                    .onFailure(failure -> later.complete());
              })
          .get();
      await(later.future());
      assertThat(complaints.lines()).isEmpty();
    }
  }

  private static Channel noSocket() {
    throw new ChannelException("meant to be thrown: too many open files");
  }

  private record OnBytes(Runnable action) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
      action.run();
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {}

    @Override
    public void gone() {}
  }

  /** Nobody listens there. */
  private static InetSocketAddress refusing() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return at(gone);
    }
  }

  /** A listener's whose backlog is full: it answers no SYN. */
  private InetSocketAddress silent() throws IOException {
    ServerSocket full = listen(1);
    try {
      while (true) {
        Socket queued = new Socket();
        toClose.add(queued);
        queued.connect(at(full), 300);
      }
    } catch (SocketTimeoutException e) {
      return at(full);
    }
  }

  private static <T> T await(Future<T> result) throws Exception {
    return result.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  private ServerSocket listen(int backlog) throws IOException {
    ServerSocket server = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    toClose.add(server);
    return server;
  }

  private static InetSocketAddress at(ServerSocket server) {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }
}
