package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpServerConfig;
import io.vertx.core.spi.metrics.TransportMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a connection is Vert.x's, and for how long. */
final class ListenerTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int CROWD = 50;

  private final Accounts accounts = new Accounts();
  private final List<Socket> clients = new ArrayList<>();
  private Vertx vertx;
  private Legs legs;
  private Listener listener;

  /** Connections that came in this turn of the loop, and in any. */
  private int inTurn;

  private int mostInTurn;

  @BeforeEach
  void start() throws Exception {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setPreferNativeTransport(true)
            .setMetricsOptions(new MetricsOptions().setEnabled(true));
    vertx = Vertx.builder().with(options).withMetrics(given -> accounts).build();
    Promise<Listener> listening = Promise.promise();
    Context context = vertx.getOrCreateContext();
    legs =
        new Legs(((ContextInternal) context).nettyEventLoop(), new LoopBytes(65_536, 1 << 20, 8));
    context.runOnContext(
        go ->
            Listener.open(
                    vertx,
                    new HostPort("127.0.0.1", 0),
                    new Admission(CROWD + 8, 1, own -> false),
                    this::echo)
                .onComplete(listening));
    listener = result(listening.future());
  }

  private void echo(NetSocketInternal socket) {
    mostInTurn = Math.max(mostInTurn, ++inTurn);
    legs.loop().schedule(() -> inTurn = 0, 0, TimeUnit.NANOSECONDS);
    var context = socket.channelHandlerContext();
    try {
      Leg leg = legs.take(context.channel(), context.name(), LegHandler.NOBODY);
      leg.handTo(new Echo(leg));
      leg.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Socket client : clients) {
      client.close();
    }
    legs.loop().submit(legs::release).get();
    result(vertx.close());
  }

  @Test
  void itsAccountOfAConnectionEndsWhenThatBecomesALeg() throws Exception {
    for (int i = 0; i < 3; i++) {
      expectEcho(connect());
    }
    assertThat(accounts.came).hasValue(3);
    await().atMost(SOON).until(() -> accounts.open.get() == 0);
    // So it neither waits for the legs nor closes them.
    result(listener.shutdown(Duration.ofDays(1)));
    for (Socket client : clients) {
      expectEcho(client);
    }
  }

  /** Who is served already would wait for all of it. */
  @Test
  void aCrowdThatWaitsIsTakenAFewATurn() throws Exception {
    expectEcho(connect());
    CountDownLatch come = new CountDownLatch(1);
    legs.loop().submit(() -> come.await(20, TimeUnit.SECONDS)); // a turn that takes long
    List<Socket> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(connect());
    }
    come.countDown();
    for (Socket client : crowd) {
      expectEcho(client);
    }
    assertThat(accounts.came).hasValue(CROWD + 1);
    assertThat(legs.loop().submit(() -> mostInTurn).get()).isBetween(1, 2);
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.address().port());
    clients.add(client);
    client.setSoTimeout((int) SOON.toMillis());
    return client;
  }

  private static void expectEcho(Socket client) throws IOException {
    client.getOutputStream().write(7);
    assertThat(client.getInputStream().read()).isEqualTo(7);
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private record Echo(Leg leg) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      leg.write(bytes);
      leg.flush();
      leg.read();
    }

    @Override
    public void ended() {
      leg.close();
    }

    @Override
    public void drained() {}

    @Override
    public void gone() {}
  }

  /** What Vert.x tells of its servers' connections. */
  private static final class Accounts implements VertxMetrics, TransportMetrics<Integer> {
    private final AtomicInteger came = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public TransportMetrics<?> createTcpServerMetrics(
        TcpServerConfig config, String protocol, SocketAddress address) {
      return this;
    }

    @Override
    public Integer connected(SocketAddress remote, String name) {
      open.incrementAndGet();
      return came.incrementAndGet();
    }

    @Override
    public void disconnected(Integer connection, SocketAddress remote) {
      open.decrementAndGet();
    }

    @Override
    public void close() {}
  }
}
