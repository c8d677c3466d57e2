package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a leg does for a phase, on whatever it is. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class LegTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final TestLoop.Pump pump;
  private TestLoop test;

  LegTest(TestLoop.Pump pump) {
    this.pump = pump;
  }

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop(pump);
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheKernelDoesNotTakeWaitsAndLeavesInOrder(boolean ofAnArray) throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    byte[] sent = new byte[8 << 20];
    new Random(1).nextBytes(sent);
    ByteBuf memory = Buffers.ofLoop(100_000);
    HeapRoom room = new HeapRoom(100_000);
    int took =
        test.on(
            () -> {
              int at = 0;
              while (leg.idle()) {
                int length = Math.min(100_000, sent.length - at);
                if (ofAnArray) {
                  System.arraycopy(sent, at, room.bytes(), 0, length);
                  leg.pieces().lent(room, length);
                } else {
                  memory.clear().writeBytes(sent, at, length);
                  Outgoing pieces = leg.pieces();
                  for (int i = 0; i < length; i += 1000) {
                    pieces.lent(memory, i, Math.min(1000, length - i));
                  }
                }
                leg.send();
                at += length;
              }
              // Both are the next chunk's now.
              memory.clear().writeZero(100_000);
              Arrays.fill(room.bytes(), (byte) 0);
              return at;
            });
    assertThat(took).isLessThan(sent.length);
    // A channel's queue counts 96 bytes more for each piece.
    assertThat(test.bytes().waiting()).isBetween(1L, 110_000L);
    int before = handler.drained.get(); // a channel also tells of what never waited
    // What comes while some waits goes behind it.
    test.on(
        () -> {
          room.bytes()[0] = sent[took];
          leg.pieces().lent(room, 1);
          leg.send();
          leg.endWrites();
          return null;
        });
    assertThat(far.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(sent, took + 1));
    await().atMost(SOON).until(() -> handler.drained.get() > before);
    assertThat(test.on(leg::writeEnded)).isTrue();
    assertThat(test.bytes().waiting()).isZero();
  }

  @Test
  void aShortReadIsGivenAtOnceAndTheNextWaitsForMore() throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    read(leg);
    far.getOutputStream().write(new byte[] {1, 2, 3});
    await().atMost(SOON).until(() -> handler.came.size() == 1);
    read(leg);
    assertThat(test.on(handler.came::size)).isEqualTo(1);
    far.getOutputStream().write(new byte[] {4, 5});
    await().atMost(SOON).until(() -> handler.came.size() == 2);
    assertThat(handler.came).containsExactly(new byte[] {1, 2, 3}, new byte[] {4, 5});
  }

  @Test
  void nothingComesUnaskedAndWhatOneReadLeavesIsTheNextOnes() throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    byte[] sent = new byte[50_000];
    new Random(2).nextBytes(sent);
    far.getOutputStream().write(sent);
    far.shutdownOutput();
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    int reads = 0;
    while (came.size() < sent.length) {
      assertThat(test.on(handler.came::size)).as("before it is asked").isEqualTo(reads);
      read(leg);
      reads++;
      int read = reads;
      await().atMost(SOON).until(() -> handler.came.size() == read);
      came.writeBytes(handler.came.getLast());
    }
    assertThat(came.toByteArray()).isEqualTo(sent);
    assertThat(reads).isGreaterThan(1);
    read(leg);
    await().atMost(SOON).until(() -> handler.ended.get() == 1);
    assertThat(test.on(leg::readEnded)).isTrue();
  }

  @Test
  void aFaultOfOursEndsOneConnectionAndDoesNotHoldTheLoop() throws Exception {
    Listening neighbour = new Listening();
    Leg spared = leg(neighbour);
    final Socket sparedFar = test.accept();
    read(spared);
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < 5; trial++) {
      Faulty handler = new Faulty();
      Leg leg = leg(handler);
      Socket far = test.accept();
      read(leg);
      far.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(-1);
      long before = System.nanoTime();
      assertThat(test.on(leg::closed)).isTrue();
      least = Math.min(least, System.nanoTime() - before);
      assertThat(handler.gone).hasValue(1);
    }
    // Netty's loop sleeps for a second where an exception reaches it.
    assertThat(least).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
    sparedFar.getOutputStream().write(7);
    await().atMost(SOON).until(() -> neighbour.came.size() == 1);
  }

  @Test
  void aFaultOfWorkForALegEndsThatOneWhoeverDoesTheWork() throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    test.on(
        () -> {
          leg.guard(
              () -> {
                throw new IllegalStateException("on purpose");
              });
          leg.guard(() -> handler.ended.incrementAndGet()); // it is over
          return null;
        });
    assertThat(far.getInputStream().read()).isEqualTo(-1);
    assertThat(handler.gone).hasValue(1);
    assertThat(handler.ended).hasValue(0);
  }

  /** How a leg is cut. */
  enum Cut {
    CLOSED,
    RESET,
    RESET_FROM_AFAR
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void whatWaitsWhenALegIsCutIsGivenBack(Cut cut) throws Exception {
    final long lent = Buffers.POOLED.pinnedDirectMemory();
    Listening handler = new Listening();
    Leg leg = leg(handler);
    final Socket far = test.accept();
    test.on(
        () -> {
          HeapRoom room = new HeapRoom(65_536);
          while (leg.idle()) {
            leg.pieces().lent(room, 65_536);
            leg.send();
          }
          leg.pieces().lent(room, 65_536); // and more behind it
          leg.send();
          return null;
        });
    final int before = handler.drained.get();
    assertThat(test.bytes().waiting()).isGreaterThan(65_536);
    assertThat(Buffers.POOLED.pinnedDirectMemory()).isGreaterThan(lent + 65_536);
    switch (cut) {
      case CLOSED -> test.loop().execute(leg::close);
      case RESET -> test.loop().execute(leg::reset);
      case RESET_FROM_AFAR -> reset(far);
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(test.on(leg::closed)).isTrue();
              assertThat(test.bytes().waiting()).isZero();
              assertThat(Buffers.POOLED.pinnedDirectMemory()).isLessThanOrEqualTo(lent);
            });
    assertThat(handler.gone).hasValue(cut == Cut.RESET_FROM_AFAR ? 1 : 0);
    assertThat(handler.drained).hasValue(before);
  }

  @Test
  void whatCameBeforeAResetIsReadThoughAWriteMeetsTheReset() throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    read(leg);
    test.on(() -> null); // it was looked at, and nothing was there
    test.on(
        () -> {
          far.getOutputStream().write(new byte[] {1, 2, 3});
          reset(far);
          leg.write(Unpooled.directBuffer().writeByte(9));
          leg.flush();
          assertThat(leg.failed()).isTrue();
          assertThat(leg.idle()).isFalse();
          assertThat(handler.came).isEmpty();
          return null;
        });
    await().atMost(SOON).until(() -> handler.came.size() == 1);
    read(leg);
    await().atMost(SOON).until(() -> handler.gone.get() == 1);
    assertThat(handler.came).containsExactly(new byte[] {1, 2, 3});
    assertThat(handler.ended).hasValue(0);
    assertThat(test.on(leg::closed)).isTrue();
  }

  @Test
  void aWriteThatMeetsAResetIsTheEndWhereNothingIsWanted() throws Exception {
    Listening handler = new Listening();
    Leg leg = leg(handler);
    Socket far = test.accept();
    boolean closed =
        test.on(
            () -> {
              reset(far);
              leg.write(Unpooled.directBuffer().writeByte(9));
              leg.flush();
              leg.write(Unpooled.directBuffer().writeByte(9)); // as a phase that has not heard yet
              leg.flush();
              return leg.closed();
            });
    assertThat(closed).isTrue();
    assertThat(handler.gone).hasValue(1);
  }

  private static void reset(Socket far) throws IOException {
    far.setSoLinger(true, 0);
    far.close();
  }

  /** A leg, to whose far end {@link TestLoop#accept} comes next. */
  private Leg leg(LegHandler handler) throws Exception {
    Channel channel = test.connect();
    return test.on(() -> test.legs().take(channel, "", handler));
  }

  private void read(Leg leg) throws Exception {
    test.on(
        () -> {
          leg.read();
          return null;
        });
  }

  private static final class Listening implements LegHandler {
    private final List<byte[]> came = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger drained = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();

    @Override
    public void received(ByteBuf bytes) {
      came.add(ByteBufUtil.getBytes(bytes));
      bytes.release();
    }

    @Override
    public void ended() {
      ended.incrementAndGet();
    }

    @Override
    public void drained() {
      drained.incrementAndGet();
    }

    @Override
    public void gone() {
      gone.incrementAndGet();
    }
  }

  private static final class Faulty implements LegHandler {
    private final AtomicInteger gone = new AtomicInteger();

    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
      throw new IllegalStateException("on purpose");
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {}

    @Override
    public void gone() {
      gone.incrementAndGet();
    }
  }
}
