package io.doppelfleet.control.http;

import static io.doppelfleet.control.http.Visits.asks;
import static io.doppelfleet.control.http.Visits.close;
import static io.doppelfleet.control.http.Visits.connected;
import static io.doppelfleet.control.http.Visits.isEnded;
import static io.doppelfleet.control.http.Visits.visitors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.fleet.HostPort;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who makes room where all connections to the API are taken. */
@Timeout(60)
final class ArrivalsTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int MOST = 40;

  private final Vertx vertx = Vertx.vertx();
  private final Counter refused = new SimpleMeterRegistry().counter("refused");

  @AfterEach
  void end() throws Exception {
    get(vertx.close());
  }

  private HostPort serve(Arrivals arrivals) throws Exception {
    HostPort any = new HostPort("127.0.0.1", 0);
    return get(TcpListener.start(
            vertx,
            new WebOptions(any, true, null, any.host(), MOST),
            vertx.createSharedWorkerExecutor("test", 1),
            arrivals,
            request -> answer(request, arrivals)))
        .address();
  }

  private static void answer(HttpServerRequest request, Arrivals arrivals) {
    String path = String.valueOf(request.path());
    if (!path.equals("/")) {
      arrivals.shown(request.connection(), path.equals("/good"));
    }
    request.response().end("here");
  }

  @Test
  void ofHandshakesThatANetworkBeginsInASecondSoManyAreTakenAndNoMore() {
    Arrivals arrivals = new Arrivals(vertx, 1_000, refused);
    for (int network = 1; network <= 2; network++) {
      int taken = 0;
      double before = refused.count();
      for (int i = 1;
          i <= 8 * Arrivals.MOST_HANDSHAKES_OF_ONE;
          i++) { // a second may pass meanwhile
        var arrival =
            arrivals.arrived(
                new InetSocketAddress(InetAddress.ofLiteral("192.0." + network + ".7"), 1_000 + i),
                () -> {});
        if (arrival != null) {
          taken++;
          arrivals.gone(arrival);
        }
      }
      assertThat(taken)
          .isBetween(Arrivals.MOST_HANDSHAKES_OF_ONE, 2 * Arrivals.MOST_HANDSHAKES_OF_ONE);
      assertThat(refused.count() - before).isEqualTo(8 * Arrivals.MOST_HANDSHAKES_OF_ONE - taken);
    }
  }

  @Test
  void ofOneNetworkOneMoreTakesThePlaceOfTheOldestStranger() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> good = visitors(address, "/good", "127.0.0.1", 1);
    List<Socket> strangers = visitors(address, "/", "127.0.0.1", Arrivals.MOST_OF_ONE_NETWORK - 1);
    try (Socket next = connected(address)) {
      assertThat(asks(next)).isTrue();
      assertThat(isEnded(strangers.getFirst())).isTrue();
      assertThat(asks(strangers.getLast())).isTrue();
      assertThat(asks(good.getFirst())).isTrue();
      assertThat(refused.count()).isOne();
    } finally {
      close(good);
      close(strangers);
    }
  }

  @Test
  void whoHasShownWhatIsGoodMakesRoomForNobody() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> good = visitors(address, "/good", "127.0.0.1", Arrivals.MOST_OF_ONE_NETWORK);
    try (Socket tooMany = connected(address)) {
      assertThat(isEnded(tooMany)).isTrue();
      assertThat(refused.count()).isOne();
      assertThat(asks(good.getFirst())).isTrue();
      good.getLast().close();
      await()
          .atMost(SOON)
          .until(
              () -> {
                try (Socket next = connected(address)) {
                  return asks(next);
                }
              });
    } finally {
      close(good);
    }
  }

  @Test
  void inAllOneMoreTakesThePlaceOfTheOldestStrangerOfWhicheverNetwork() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> strangers = visitors(address, "/", "127.0.0.2", 30);
    strangers.addAll(visitors(address, "/", "127.0.0.3", MOST - 30));
    try (Socket next = connected(address)) {
      assertThat(asks(next)).isTrue();
      assertThat(isEnded(strangers.getFirst())).isTrue();
      assertThat(asks(strangers.get(1))).isTrue();
    } finally {
      close(strangers);
    }
  }

  @Test
  void whoeverHoldsPlacesWithManyNetworksOfARangeMakesRoomForThoseOfOthers() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> first = visitors(address, "/", "127.1.0.1", 1);
    List<Socket> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 2 * MOST; i++) {
        strangers.addAll(visitors(address, "/", "127.2." + i % 20 + "." + (1 + i), 1));
      }
      assertThat(asks(first.getFirst())).as("the oldest of all").isTrue();
      assertThat(isEnded(strangers.getFirst())).isTrue();
      assertThat(asks(strangers.getLast())).isTrue();
    } finally {
      close(first);
      close(strangers);
    }
  }

  @Test
  void ofAsManyTheStrangerGoesWhoAskedLeastLately() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> strangers = visitors(address, "/", "127.0.0.2", Arrivals.MOST_OF_ONE_NETWORK);
    assertThat(asks(strangers.getFirst())).isTrue();
    try (Socket next = connected(address, "127.0.0.2")) {
      assertThat(asks(next)).isTrue();
      assertThat(isEnded(strangers.get(1))).isTrue();
      assertThat(asks(strangers.getFirst())).isTrue();
    } finally {
      close(strangers);
    }
  }

  @Test
  void whoseTokenIsGoodNoMoreIsAStrangerAgain() throws Exception {
    HostPort address = serve(new Arrivals(vertx, MOST, refused));
    List<Socket> good = visitors(address, "/good", "127.0.0.1", Arrivals.MOST_OF_ONE_NETWORK);
    assertThat(asks(good.get(5), "/bad")).isTrue();
    try (Socket next = connected(address)) {
      assertThat(asks(next)).isTrue();
      assertThat(isEnded(good.get(5))).isTrue();
    } finally {
      close(good);
    }
  }

  @Test
  void whoHasShownNothingGoodForAWhileIsAStrangerAgain() throws Exception {
    Arrivals arrivals = new Arrivals(vertx, MOST, refused, 30_000, 0);
    HostPort address = serve(arrivals);
    List<Socket> good = visitors(address, "/good", "127.0.0.1", Arrivals.MOST_OF_ONE_NETWORK);
    try (Socket next = connected(address)) {
      assertThat(asks(next)).isTrue();
      assertThat(isEnded(good.getFirst())).isTrue();
    } finally {
      close(good);
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
