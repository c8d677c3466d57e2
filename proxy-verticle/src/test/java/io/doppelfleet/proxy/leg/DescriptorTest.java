package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leg on a descriptor is told, what it sends, and how it ends. */
final class DescriptorTest {
  private TestLoop test;

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop();
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  @Test
  void theEndOfWritesAfterAResetIsTheEndOfTheLegAndNoFault() throws Exception {
    AtomicInteger gone = new AtomicInteger();
    DescriptorLeg leg =
        test.leg(
            new LegHandler() {
              @Override
              public void received(ByteBuf bytes) {
                bytes.release();
              }

              @Override
              public void ended() {}

              @Override
              public void drained() {}

              @Override
              public void gone() {
                gone.incrementAndGet();
              }
            });
    Socket far = test.accept();
    boolean closed =
        test.on(
            () -> {
              // Within one task of the loop: the reset is there, and the leg has not heard of it.
              far.setSoLinger(true, 0);
              far.close();
              leg.endWrites();
              return leg.closed();
            });
    assertThat(closed).isTrue();
    assertThat(gone).hasValue(1);
  }

  @Test
  void noMoreIsTakenThanThereIsRoomForOnTheOtherSide() throws Exception {
    DescriptorLeg leg = test.leg(LegHandler.NOBODY);
    test.accept();
    int fresh = test.on(() -> leg.share(1 << 20, 0, true));
    assertThat(fresh).isGreaterThan(65_536);
    assertThat(test.on(() -> leg.share(1 << 20, 0, false))).isEqualTo(test.bytes().allowance(0));
    assertThat(test.on(() -> leg.share(5000, 0, true))).isEqualTo(5000);
    int full =
        test.on(
            () -> {
              HeapRoom room = new HeapRoom(65_536);
              while (leg.idle()) {
                leg.pieces().lent(room, 65_536);
                leg.send();
              }
              return leg.share(1 << 20, 0, true);
            });
    assertThat(full).isLessThanOrEqualTo(65_536);
  }

  @Test
  void whereMemoryIsScarceWhatTheKernelTakesMayStillCome() throws Exception {
    DescriptorLeg leg = test.leg(LegHandler.NOBODY);
    test.accept();
    int share =
        test.on(
            () -> {
              test.bytes().add(1 << 20);
              int scarce = leg.share(1 << 20, 0, false);
              test.bytes().add(-(1 << 20));
              return scarce;
            });
    assertThat(share).isGreaterThan(65_536);
  }

  @Test
  void aFaultOfAPumpEndsOneConnectionAndDoesNotHoldTheLoop() throws Exception {
    AtomicInteger gone = new AtomicInteger();
    DescriptorLeg faulty = test.leg(new Faulty(gone));
    Socket far = test.accept();
    test.on(
        () -> {
          faulty.raw();
          return null;
        });
    far.getOutputStream().write(1);
    // The byte that nobody read makes it a reset.
    assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketException.class);
    long before = System.nanoTime();
    assertThat(test.on(faulty::closed)).isTrue();
    assertThat(gone).hasValue(1);
    // Netty's loop sleeps for a second where an exception reaches it.
    assertThat(System.nanoTime() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
  }

  @Test
  void thereAreNoneOnceTheLoopsMemoryIsGivenBack() throws Exception {
    DescriptorLeg leg = test.leg(LegHandler.NOBODY);
    Socket far = test.accept();
    test.release();
    assertThat(far.getInputStream().read()).isEqualTo(-1);
    assertThat(leg.closed()).isTrue();
    Channel late = test.connect();
    Throwable refused =
        test.on(
            () -> {
              try {
                test.legs().take(late, "", LegHandler.NOBODY);
                return new AssertionError("taken");
              } catch (IOException e) {
                return e;
              }
            });
    assertThat(refused).hasMessage("the node has stopped");
    assertThat(late.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
  }

  private record Faulty(AtomicInteger endings) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void readable() {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {}

    @Override
    public void gone() {
      endings.incrementAndGet();
    }
  }
}
