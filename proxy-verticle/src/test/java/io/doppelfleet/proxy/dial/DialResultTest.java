package io.doppelfleet.proxy.dial;

import static io.doppelfleet.proxy.dial.TestDials.TIMEOUT;
import static io.doppelfleet.proxy.dial.TestDials.at;
import static io.doppelfleet.proxy.dial.TestDials.await;
import static io.doppelfleet.proxy.dial.TestDials.isAsked;
import static io.doppelfleet.proxy.dial.TestDials.refusing;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.doppelfleet.proxy.doppel.Heard;
import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What who dials is told, and what not, on whatever the legs are. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class DialResultTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  private final TestDials dials;

  DialResultTest(TestLoop.Pump pump) throws Exception {
    dials = new TestDials(pump);
  }

  @AfterEach
  void end() throws Exception {
    dials.close();
  }

  @Test
  void oneThatIsGivenUpIsClosedAndTellsNothing() throws Exception {
    InetSocketAddress silent = dials.silent();
    AtomicInteger told = new AtomicInteger();
    Dialler.Dial dial =
        dials.loop.submit(() -> dials.dialler.dial(List.of(silent), LONG, LegHandler.NOBODY)).get();
    dials.loop.submit(() -> dial.result().onComplete(any -> told.incrementAndGet())).get();
    Awaitility.await().atMost(TIMEOUT).until(() -> isAsked(silent));
    dials.loop.submit(dial::cancel).get();
    Awaitility.await().atMost(TIMEOUT).until(() -> !isAsked(silent));
    assertThat(told).hasValue(0);
  }

  /** It would be said of the address, as of the cover that it can't be reached. */
  @Test
  void whereItsLegsAreReleasedMeanwhileNobodyIsTold() throws Exception {
    InetSocketAddress silent = dials.silent();
    AtomicInteger told = new AtomicInteger();
    Dialler.Dial dial =
        dials
            .loop
            .submit(() -> dials.dialler.dial(List.of(silent, silent), LONG, LegHandler.NOBODY))
            .get();
    dials.loop.submit(() -> dial.result().onComplete(any -> told.incrementAndGet())).get();
    dials.test.release();
    dials.loop.submit(() -> {}).get();
    assertThat(told).hasValue(0);
  }

  /** It is there before anybody asks for it, and the end too. */
  @Test
  void whatTheFarEndSaysAtOnceIsRead() throws Exception {
    ServerSocket listener = dials.listen(50);
    Promise<String> heard = Promise.promise();
    Hearing handler = new Hearing(heard);
    dials
        .loop
        .submit(
            () ->
                dials
                    .dialler
                    .dial(List.of(at(listener)), TIMEOUT, handler)
                    .result()
                    .onSuccess(handler::begin))
        .get();
    try (Socket far = listener.accept()) {
      far.getOutputStream().write("hello".getBytes(US_ASCII));
    }
    assertThat(await(heard.future())).isEqualTo("hello");
  }

  /**
   * In one batch of events: a client's bytes, upon which a dial is given up, and that dial's own
   * event, a refusal. The dial that begins in between must not take it for its answer.
   */
  @Test
  void aDialHearsNothingOfTheOneWhoseNumberItWouldHave() throws Exception {
    ServerSocket listener = dials.listen(50);
    AtomicReference<Dialler.Dial> given = new AtomicReference<>();
    AtomicReference<Dialler.Dial> next = new AtomicReference<>();
    Leg client = dials.dial(List.of(at(listener)));
    Socket far = dials.accept(listener);
    InetSocketAddress refusing = refusing();
    dials
        .loop
        .submit(
            () -> {
              client.handTo(
                  new OnBytes(
                      () -> {
                        given.get().cancel();
                        next.set(
                            dials.dialler.dial(List.of(at(listener)), TIMEOUT, LegHandler.NOBODY));
                      }));
              client.read();
            })
        .get();
    dials.loop.submit(() -> {}).get(); // it was looked at, and nothing was there
    dials
        .loop
        .submit(
            () -> {
              far.getOutputStream().write(1); // ready first
              given.set(dials.dialler.dial(List.of(refusing), TIMEOUT, LegHandler.NOBODY));
              return null;
            })
        .get();
    Awaitility.await().atMost(TIMEOUT).until(() -> next.get() != null);
    Leg connected = await(next.get().result());
    Socket nextFar = dials.accept(listener);
    dials
        .loop
        .submit(
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
    dials
        .loop
        .submit(
            () ->
                without
                    .dial(two, TIMEOUT, LegHandler.NOBODY)
                    .result()
                    .onFailure(failure -> failedOnLoop.complete(dials.loop.inEventLoop())))
        .get();
    assertThat(await(failedOnLoop.future())).isTrue();
  }

  @Test
  void aSocketThatCouldNotBeMadeIsNoMatterOnceTheDialIsGivenUp() throws Exception {
    Dialler without = withoutSockets();
    List<InetSocketAddress> one = List.of(refusing());
    Promise<Void> later = Promise.promise();
    try (Heard complaints = new Heard(AbstractEventExecutor.class)) {
      dials
          .loop
          .submit(
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
    assumeThat(dials.test.legs().opens()).isFalse();
    return new Dialler(
        dials.test.legs(),
        () -> {
          throw new ChannelException("meant to be thrown: too many open files");
        });
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
}
