package io.doppelfleet.proxy.dial;

import static io.doppelfleet.proxy.dial.TestDials.TIMEOUT;
import static io.doppelfleet.proxy.dial.TestDials.at;
import static io.doppelfleet.proxy.dial.TestDials.await;
import static io.doppelfleet.proxy.dial.TestDials.isAsked;
import static io.doppelfleet.proxy.dial.TestDials.refusing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of several addresses wins, and how the others end, on whatever the legs are. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class DiallerTest {
  /** No TCP connection has it for its end: the system says so at once. */
  private static final InetSocketAddress IMPOSSIBLE = new InetSocketAddress("255.255.255.255", 9);

  private final TestDials dials;

  DiallerTest(TestLoop.Pump pump) throws Exception {
    dials = new TestDials(pump);
  }

  @AfterEach
  void end() throws Exception {
    dials.close();
  }

  @Test
  void whereAnAddressRefusesTheNextOneServes() throws Exception {
    ServerSocket listener = dials.listen(50);
    Leg leg = dials.dial(List.of(refusing(), at(listener)));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
  }

  @Test
  void whereTheSystemKnowsAtOnceThatItCannotBeTheNextOneServes() throws Exception {
    ServerSocket listener = dials.listen(50);
    Leg leg = dials.dial(List.of(IMPOSSIBLE, IMPOSSIBLE, at(listener)));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
  }

  @Test
  void whereNoAddressTakesAConnectionItFailsOnce() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    Future<Leg> result =
        dials
            .loop
            .submit(
                () ->
                    dials
                        .dialler
                        .dial(List.of(IMPOSSIBLE, refusing()), TIMEOUT, LegHandler.NOBODY)
                        .result()
                        .onFailure(failure -> failures.incrementAndGet()))
            .get();
    assertThatThrownBy(() -> await(result))
        .hasRootCauseInstanceOf(IOException.class)
        .hasMessageMatching(
            ".*none of 2 addresses takes a connection: .*(no route|unreachable).*; .*refused.*");
    dials.loop.submit(() -> {}).get();
    assertThat(failures).hasValue(1);
  }

  @Test
  void whereNoneAnswersItsTimeEndsAndNothingStaysOpen() throws Exception {
    InetSocketAddress silent = dials.silent();
    Future<Leg> result =
        dials
            .loop
            .submit(
                () ->
                    dials.dialler.dial(List.of(silent), Duration.ofMillis(300), LegHandler.NOBODY))
            .get()
            .result();
    assertThatThrownBy(() -> await(result)).hasMessageContaining("no answer in 300 ms");
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
  }

  @Test
  void itComesFromTheAddressThatItIsBoundTo() throws Exception {
    ServerSocket listener = dials.listen(50);
    Ways ways = bound("127.0.0.7");
    await(
        dials
            .loop
            .submit(
                () -> dials.dialler.dial(List.of(at(listener)), ways, TIMEOUT, LegHandler.NOBODY))
            .get()
            .result());
    try (Socket far = listener.accept()) {
      assertThat(far.getInetAddress().getHostAddress()).isEqualTo("127.0.0.7");
    }
  }

  @Test
  void whereItCannotBeBoundItIsNotOpened() throws Exception {
    ServerSocket listener = dials.listen(50);
    Ways ways = bound("192.0.2.1"); // which nobody has, RFC 5737
    Future<Leg> result =
        dials
            .loop
            .submit(
                () -> dials.dialler.dial(List.of(at(listener)), ways, TIMEOUT, LegHandler.NOBODY))
            .get()
            .result();
    assertThatThrownBy(() -> await(result))
        .hasMessageContaining("none of 1 addresses takes a connection: ")
        .hasMessageContaining("Cannot assign requested address");
  }

  private static Ways bound(String address) {
    return new Ways(null, List.of(InetAddress.ofLiteral(address)), 0, () -> 0);
  }

  @Test
  void bothFamiliesAreDialled() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      Leg leg = dials.dial(List.of(at(listener)));
      try (Socket far = listener.accept()) {
        assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
      }
    } catch (BindException e) {
      assumeThat(e).as("IPv6").isNull();
    }
  }

  @Test
  void whereAnAddressIsSilentTheNextOneIsTriedBesideItAndWins() throws Exception {
    ServerSocket listener = dials.listen(50);
    InetSocketAddress silent = dials.silent();
    long begun = System.nanoTime();
    Leg leg = dials.dial(List.of(silent, at(listener)));
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(Duration.ofMillis(250));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
  }

  @Test
  void anAddressThatAnswersAtOnceIsTheOnlyOneThatIsTried() throws Exception {
    ServerSocket listener = dials.listen(50);
    ServerSocket second = dials.listen(50);
    dials.dial(List.of(at(listener), at(second)));
    listener.accept().close();
    // Longer than the next one would have waited for its turn.
    dials.loop.schedule(() -> {}, 400, TimeUnit.MILLISECONDS).get();
    second.setSoTimeout(1);
    assertThatThrownBy(second::accept).isInstanceOf(SocketTimeoutException.class);
  }
}
