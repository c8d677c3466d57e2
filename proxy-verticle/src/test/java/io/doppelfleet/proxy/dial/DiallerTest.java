package io.doppelfleet.proxy.dial;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.doppelfleet.proxy.doppel.Heard;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
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
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofSeconds(50);

  /** No TCP connection has it for its end: the system says so at once. */
  private static final InetSocketAddress IMPOSSIBLE = new InetSocketAddress("255.255.255.255", 9);

  private final TestLoop test;
  private final EventLoop loop;
  private final Dialler dialler;
  private final List<AutoCloseable> toClose = new ArrayList<>();

  DiallerTest(TestLoop.Pump pump) throws Exception {
    test = new TestLoop(pump);
    loop = test.loop();
    dialler = new Dialler(test.legs(), test::channel);
  }

  @AfterEach
  void end() throws Exception {
    test.close();
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
  }

  @Test
  void whereTheSystemKnowsAtOnceThatItCannotBeTheNextOneServes() throws Exception {
    ServerSocket listener = listen(50);
    Leg leg = dial(List.of(IMPOSSIBLE, IMPOSSIBLE, at(listener)));
    try (Socket far = listener.accept()) {
      assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
    }
  }

  @Test
  void whereNoAddressTakesAConnectionItFailsOnce() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    Future<Leg> result =
        loop.submit(
                () ->
                    dialler
                        .dial(List.of(IMPOSSIBLE, refusing()), TIMEOUT, LegHandler.NOBODY)
                        .result()
                        .onFailure(failure -> failures.incrementAndGet()))
            .get();
    assertThatThrownBy(() -> await(result))
        .hasRootCauseInstanceOf(IOException.class)
        .hasMessageMatching(
            ".*none of 2 addresses takes a connection: .*(no route|unreachable).*; .*refused.*");
    loop.submit(() -> {}).get();
    assertThat(failures).hasValue(1);
  }

  @Test
  void whereNoneAnswersItsTimeEndsAndNothingStaysOpen() throws Exception {
    InetSocketAddress silent = silent();
    Future<Leg> result =
        loop.submit(() -> dialler.dial(List.of(silent), Duration.ofMillis(300), LegHandler.NOBODY))
            .get()
            .result();
    assertThatThrownBy(() -> await(result)).hasMessageContaining("no answer in 300 ms");
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
  }

  @Test
  void oneThatIsGivenUpIsClosedAndTellsNothing() throws Exception {
    InetSocketAddress silent = silent();
    AtomicInteger told = new AtomicInteger();
    Dialler.Dial dial =
        loop.submit(() -> dialler.dial(List.of(silent), LONG, LegHandler.NOBODY)).get();
    loop.submit(() -> dial.result().onComplete(any -> told.incrementAndGet())).get();
    Awaitility.await().atMost(TIMEOUT).until(() -> isAsked(silent));
    loop.submit(dial::cancel).get();
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
    assertThat(told).hasValue(0);
  }

  /** It would be said of the address, as of the cover that it can't be reached. */
  @Test
  void whereItsLegsAreReleasedMeanwhileNobodyIsTold() throws Exception {
    InetSocketAddress silent = silent();
    AtomicInteger told = new AtomicInteger();
    Dialler.Dial dial =
        loop.submit(() -> dialler.dial(List.of(silent, silent), LONG, LegHandler.NOBODY)).get();
    loop.submit(() -> dial.result().onComplete(any -> told.incrementAndGet())).get();
    test.release();
    loop.submit(() -> {}).get();
    assertThat(told).hasValue(0);
  }

  @Test
  void itComesFromTheAddressThatItIsBoundTo() throws Exception {
    ServerSocket listener = listen(50);
    Ways ways = bound("127.0.0.7");
    await(
        loop.submit(() -> dialler.dial(List.of(at(listener)), ways, TIMEOUT, LegHandler.NOBODY))
            .get()
            .result());
    try (Socket far = listener.accept()) {
      assertThat(far.getInetAddress().getHostAddress()).isEqualTo("127.0.0.7");
    }
  }

  @Test
  void whereItCannotBeBoundItIsNotOpened() throws Exception {
    ServerSocket listener = listen(50);
    Ways ways = bound("192.0.2.1"); // which nobody has, RFC 5737
    Future<Leg> result =
        loop.submit(() -> dialler.dial(List.of(at(listener)), ways, TIMEOUT, LegHandler.NOBODY))
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
      Leg leg = dial(List.of(at(listener)));
      try (Socket far = listener.accept()) {
        assertThat(far.getRemoteSocketAddress()).isEqualTo(leg.localAddress());
      }
    } catch (BindException e) {
      assumeThat(e).as("IPv6").isNull();
    }
  }

  /** It is there before anybody asks for it, and the end too. */
  @Test
  void whatTheFarEndSaysAtOnceIsRead() throws Exception {
    ServerSocket listener = listen(50);
    Promise<String> heard = Promise.promise();
    Hearing handler = new Hearing(heard);
    loop.submit(
            () ->
                dialler
                    .dial(List.of(at(listener)), TIMEOUT, handler)
                    .result()
                    .onSuccess(handler::begin))
        .get();
    try (Socket far = listener.accept()) {
      far.getOutputStream().write("hello".getBytes(US_ASCII));
    }
    assertThat(await(heard.future())).isEqualTo("hello");
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
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
  }

  @Test
  void anAddressThatAnswersAtOnceIsTheOnlyOneThatIsTried() throws Exception {
    ServerSocket listener = listen(50);
    ServerSocket second = listen(50);
    dial(List.of(at(listener), at(second)));
    listener.accept().close();
    // Longer than the next one would have waited for its turn.
    loop.schedule(() -> {}, 400, TimeUnit.MILLISECONDS).get();
    second.setSoTimeout(1);
    assertThatThrownBy(second::accept).isInstanceOf(SocketTimeoutException.class);
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
    Dialler without = withoutSockets();
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
    Dialler without = withoutSockets();
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

  /** Of channels: whether a descriptor is made or bound in vain is the same to who dials. */
  private Dialler withoutSockets() {
    assumeThat(test.legs().opens()).isFalse();
    return new Dialler(
        test.legs(),
        () -> {
          throw new ChannelException("meant to be thrown: too many open files");
        });
  }

  /** Whether a connection to there is waited for: SYN_SENT in proc_net_tcp's words. */
  private static boolean isAsked(InetSocketAddress there) throws IOException {
    String waits = ":%04X 02 ".formatted(there.getPort());
    return Stream.of("/proc/self/net/tcp", "/proc/self/net/tcp6")
        .map(Path::of)
        .filter(Files::exists)
        .anyMatch(DiallerTest.lineWith(waits));
  }

  private static Predicate<Path> lineWith(String what) {
    return file -> {
      try {
        return Files.readString(file).contains(what);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /** Reads to the end. */
  private static final class Hearing implements LegHandler {
    private final Promise<String> heard;
    private final StringBuilder all = new StringBuilder();
    private @Nullable Leg leg;

    Hearing(Promise<String> heard) {
      this.heard = heard;
    }

    void begin(Leg connected) {
      leg = connected;
      connected.read();
    }

    @Override
    public void received(ByteBuf bytes) {
      all.append(bytes.toString(US_ASCII));
      bytes.release();
      Objects.requireNonNull(leg).read();
    }

    @Override
    public void ended() {
      heard.complete(all.toString());
    }

    @Override
    public void drained() {}

    @Override
    public void gone() {
      heard.tryFail("gone");
    }
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
