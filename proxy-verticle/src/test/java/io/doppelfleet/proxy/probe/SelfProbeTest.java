package io.doppelfleet.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NodeHealth;
import io.doppelfleet.fleet.NodeHealth.Failure;
import io.doppelfleet.proxy.greeting.OwnConnections;
import io.doppelfleet.proxy.listen.Entrance;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node makes of a listener that isn't what it should be. */
@Timeout(60)
final class SelfProbeTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String HERE = "127.0.0.1";

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(true));
  private final OwnConnections own = new OwnConnections(new SecureRandom());
  private final AtomicBoolean mayCome = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger came = new AtomicInteger();

  /** Who weren't known for ours when they came. */
  private final AtomicInteger others = new AtomicInteger();

  private final SelfProbe probe =
      new SelfProbe(
          vertx,
          own,
          () -> "www.example.org",
          Duration.ofMillis(250),
          Duration.ofSeconds(1),
          this::mayCome,
          new SecureRandom(),
          Clock.systemUTC());

  @AfterEach
  void end() throws Exception {
    told(probe.end());
    told(vertx.close());
    assertThat(others).hasValue(0);
  }

  private boolean mayCome() {
    asked.incrementAndGet();
    return mayCome.get();
  }

  private static <T> T told(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private NetServer listening(Handler<NetSocket> each) throws Exception {
    return told(
        vertx
            .createNetServer()
            .connectHandler(
                socket -> {
                  if (!own.has(address(socket))) {
                    others.incrementAndGet();
                  }
                  came.incrementAndGet();
                  each.handle(socket);
                })
            .listen(0, HERE));
  }

  private static InetSocketAddress address(NetSocket socket) {
    return new InetSocketAddress(
        socket.remoteAddress().hostAddress(), socket.remoteAddress().port());
  }

  private static Entrance at(NetServer server) {
    return Entrance.open(new HostPort(HERE, server.actualPort()));
  }

  private void awaitFailing(Failure why) {
    await()
        .atMost(SOON)
        .until(() -> probe.last().size() == 5 && probe.tallies().getFirst().isFailing());
    assertThat(probe.last()).extracting(NodeHealth.Probe::failure).containsOnly(why);
    assertThat(probe.last()).extracting(NodeHealth.Probe::millis).containsOnlyNulls();
    assertThat(probe.tallies().getFirst().failed()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void whereNothingWasEverThereNothingIsSaidOfDataCentres() throws Exception {
    NetServer server = listening(NetSocket::close);
    Entrance closed = at(server);
    told(server.close());
    probe.begin(closed);
    await().atMost(SOON).until(() -> asked.get() > 6); // so three attempts are over at least
    assertThat(probe.last()).isEmpty();
    assertThat(probe.tallies()).allMatch(tally -> tally.failed() == 0);
  }

  @Test
  void aListenerThatGoesAwayFails() throws Exception {
    NetServer server = listening(NetSocket::close);
    probe.begin(at(server));
    await().atMost(SOON).until(() -> !probe.last().isEmpty());
    told(server.close());
    await()
        .atMost(SOON)
        .until(
            () ->
                probe.last().stream()
                    .anyMatch(last -> last.isFailing() && last.failure() == Failure.LISTENER));
  }

  @Test
  void whoHangsUpOrAnswersAsTheCoverTakesItForAStranger() throws Exception {
    NetServer server =
        listening(
            socket -> {
              if (came.get() % 2 == 0) {
                socket.end();
              } else {
                socket.write(Buffer.buffer(new byte[] {21, 3, 3, 0, 2, 2, 40})); // an alert
              }
            });
    probe.begin(at(server));
    awaitFailing(Failure.STRANGER);
    assertThat(own.served()).isZero();
  }

  /** Not one whose digest is wrong either. */
  @Test
  void aFlightOfAnotherIsNone() throws Exception {
    Buffer flight =
        Buffer.buffer()
            .appendBytes(new byte[] {22, 3, 3, 0, 90})
            .appendBytes(new byte[90])
            .appendBytes(new byte[] {20, 3, 3, 0, 1, 1})
            .appendBytes(new byte[] {23, 3, 3, 0, 9})
            .appendBytes(new byte[9]);
    NetServer server = listening(socket -> socket.handler(hello -> socket.write(flight)));
    probe.begin(at(server));
    awaitFailing(Failure.STRANGER);
  }

  /** Full, say, or short of memory, which began while one was on its way. */
  @Test
  void whatFailsWhileNobodyIsTakenIsNoVerdict() throws Exception {
    NetServer server =
        listening(
            socket -> {
              mayCome.set(false);
              socket.close();
            });
    probe.begin(at(server));
    await().atMost(SOON).until(() -> came.get() == 1 && asked.get() > 3);
    assertThat(probe.last()).isEmpty();
    assertThat(probe.tallies()).allMatch(tally -> tally.failed() == 0);
  }

  @Test
  void itComesOneAtATimeAndNotWhereItMayNotOrAfterItsEnd() throws Exception {
    mayCome.set(false);
    NetServer server = listening(socket -> {}); // and nothing is answered
    probe.begin(at(server));
    await().atMost(SOON).until(() -> asked.get() > 2);
    assertThat(came).hasValue(0);
    mayCome.set(true);
    await().atMost(SOON).until(() -> came.get() == 1);
    Thread.sleep(300);
    assertThat(came).hasValue(1);
    told(probe.end());
    assertThat(probe.last()).isEmpty();
    Thread.sleep(300);
    assertThat(came).hasValue(1);
  }
}
