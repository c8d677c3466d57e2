package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a descriptor's number means to the kernel, before and after it was closed. */
final class NumberTest {
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
  void theKernelClosesItOnceAndOnlyAfterTheBatch() throws Exception {
    DescriptorLeg leg = test.leg(LegHandler.NOBODY);
    int number = leg.number();
    AtomicInteger ends = new AtomicInteger();
    boolean openInTheSameBatch =
        test.on(
            () -> {
              leg.onClose(ends::incrementAndGet);
              leg.close();
              leg.reset();
              leg.close();
              return isOpen(number);
            });
    assertThat(openInTheSameBatch).isTrue();
    assertThat(test.on(() -> isOpen(number))).isFalse();
    assertThat(ends).hasValue(1);
  }

  @Test
  void oneThatWasClosedLeavesTheNextOwnerOfItsNumberAlone() throws Exception {
    DescriptorLeg old = test.leg(LegHandler.NOBODY);
    int number = old.number();
    Socket far = test.accept();
    Channel waiting = test.connect();
    Socket nextFar = test.accept();
    test.on(
        () -> {
          old.close();
          return null;
        });
    assertThat(far.getInputStream().read()).isEqualTo(-1);
    DescriptorLeg next =
        test.on(() -> (DescriptorLeg) test.legs().take(waiting, "", LegHandler.NOBODY));
    assertThat(next.number()).as("the kernel gives the lowest number").isEqualTo(number);
    nextFar.getOutputStream().write(7);
    test.on(
        () -> {
          ByteBuf chunk = Unpooled.directBuffer().writeBytes(new byte[] {1, 2, 3});
          old.pieces().lent(chunk, 0, 3);
          old.send();
          old.write(chunk);
          old.flush();
          old.endWrites();
          assertThat(old.take(Buffers.ofLoop(100), 100)).isZero();
          assertThat(old.take(new HeapRoom(100), 100)).isZero();
          assertThat(old.share(1 << 20, 0, true)).isLessThanOrEqualTo(65_536);
          assertThat(old.readable()).isFalse();
          assertThat(old.idle()).isFalse();
          assertThat(old.localAddress()).isNull();
          assertThat(old.segment()).isZero();
          old.acknowledge();
          old.askAfter(60);
          assertThatThrownBy(old::fd).as("what Netty would be given").isNotNull();
          old.reset();
          old.close();
          return null;
        });
    // It has lost no byte, was sent none, is neither half-closed nor reset, and nothing was set.
    assertThat(test.askedAfter(next)).isNotEqualTo(60);
    test.on(
        () -> {
          next.raw();
          return null;
        });
    await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> test.on(() -> next.take(Buffers.ofLoop(100), 100) == 1));
    test.on(
        () -> {
          next.write(Unpooled.directBuffer().writeByte(9));
          next.flush();
          next.endWrites();
          return null;
        });
    assertThat(nextFar.getInputStream().readAllBytes()).containsExactly(9);
  }

  /**
   * In one batch of events: bytes of two legs, upon the first of which the other is closed. Who
   * comes in between must not have its number yet, or it would be told of the second event.
   */
  @Test
  void whoHasItsNumberNextHearsNothingOfAnEventOfTheSameBatch() throws Exception {
    DescriptorLeg one = test.leg(LegHandler.NOBODY);
    Socket oneFar = test.accept();
    DescriptorLeg two = test.leg(LegHandler.NOBODY);
    Socket twoFar = test.accept();
    Channel between = test.connect();
    Socket betweenFar = test.accept();
    Channel after = test.connect();
    Socket afterFar = test.accept();
    AtomicInteger told = new AtomicInteger();
    AtomicInteger ends = new AtomicInteger();
    AtomicInteger number = new AtomicInteger();
    AtomicReference<DescriptorLeg> next = new AtomicReference<>();
    Closing closes =
        other -> {
          if (next.get() == null) { // whichever event is the first of the batch
            number.set(other.number());
            other.onClose(ends::incrementAndGet);
            other.close();
            next.set(raw(between, new OnBytes(told::incrementAndGet)));
          }
        };
    test.on(
        () -> {
          one.handTo(new OnBytes(() -> closes.of(two)));
          two.handTo(new OnBytes(() -> closes.of(one)));
          one.raw();
          two.raw();
          return null;
        });
    test.on(
        () -> {
          oneFar.getOutputStream().write(1);
          twoFar.getOutputStream().write(1);
          return null;
        });
    await().atMost(5, TimeUnit.SECONDS).until(() -> next.get() != null);
    assertThat(test.on(told::get)).as("once the batch is through").isZero();
    DescriptorLeg reuser = test.on(() -> raw(after, new OnBytes(told::incrementAndGet)));
    assertThat(reuser.number()).as("the kernel gives the lowest number").isEqualTo(number.get());
    assertThat(test.on(told::get)).as("with the number").isZero();
    assertThat(ends).hasValue(1);
    betweenFar.getOutputStream().write(7);
    afterFar.getOutputStream().write(8);
    for (DescriptorLeg each : List.of(next.get(), reuser)) {
      await()
          .atMost(5, TimeUnit.SECONDS)
          .until(() -> test.on(() -> each.take(Buffers.ofLoop(100), 100) == 1));
    }
    await().atMost(5, TimeUnit.SECONDS).until(() -> told.get() == 2); // each of its own byte
  }

  private DescriptorLeg raw(Channel channel, LegHandler handler) throws IOException {
    DescriptorLeg leg = (DescriptorLeg) test.legs().take(channel, "", handler);
    leg.raw();
    return leg;
  }

  private interface Closing {
    void of(DescriptorLeg other) throws IOException;
  }

  private static boolean isOpen(int descriptor) {
    return Files.exists(Path.of("/proc/self/fd/" + descriptor));
  }

  private interface Action {
    void run() throws IOException;
  }

  private record OnBytes(Action action) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void readable() {
      try {
        action.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {}

    @Override
    public void gone() {}
  }
}
