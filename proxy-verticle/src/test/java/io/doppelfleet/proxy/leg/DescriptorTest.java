package io.doppelfleet.proxy.leg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a descriptor's number means to the kernel, before and after it was closed. */
final class DescriptorTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final LoopBytes bytes = new LoopBytes(65_536, 1 << 20, 8);
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private ServerSocket server;
  private Legs legs;

  @BeforeEach
  void listen() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    legs = on(() -> new Legs(loop, bytes));
  }

  @AfterEach
  void end() throws Exception {
    on(
        () -> {
          legs.release();
          return null;
        });
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
    for (AutoCloseable each : toClose) {
      each.close();
    }
    server.close();
  }

  @Test
  void theKernelClosesItOnceAndOnlyAfterTheBatch() throws Exception {
    DescriptorLeg leg = leg(LegHandler.NOBODY);
    AtomicInteger ends = new AtomicInteger();
    boolean openInTheSameBatch =
        on(
            () -> {
              leg.onClose(ends::incrementAndGet);
              leg.close();
              leg.reset();
              leg.close();
              return isOpen(leg.intValue());
            });
    assertThat(openInTheSameBatch).isTrue();
    assertThat(on(() -> isOpen(leg.intValue()))).isFalse();
    assertThat(ends).hasValue(1);
  }

  @Test
  void oneThatWasClosedLeavesTheNextOwnerOfItsNumberAlone() throws Exception {
    DescriptorLeg old = leg(LegHandler.NOBODY);
    Socket far = accept();
    Channel waiting = connect();
    Socket nextFar = accept();
    on(
        () -> {
          old.close();
          return null;
        });
    assertThat(far.getInputStream().read()).isEqualTo(-1);
    DescriptorLeg next = on(() -> (DescriptorLeg) legs.take(waiting, "", LegHandler.NOBODY));
    assertThat(next.intValue()).as("the kernel gives the lowest number").isEqualTo(old.intValue());
    nextFar.getOutputStream().write(7);
    on(
        () -> {
          ByteBuf chunk = Unpooled.directBuffer().writeBytes(new byte[] {1, 2, 3});
          old.pieces().lent(chunk, 0, 3);
          old.send();
          old.write(chunk);
          old.flush();
          old.endWrites();
          assertThat(old.take(Unpooled.directBuffer(100), 100)).isZero();
          assertThat(old.take(new HeapRoom(100), 100)).isZero();
          assertThat(old.share(1 << 20, true)).isLessThanOrEqualTo(65_536);
          assertThat(old.readable()).isFalse();
          assertThat(old.idle()).isFalse();
          old.reset();
          old.close();
          return null;
        });
    // It has lost no byte, was sent none, and is neither half-closed nor reset.
    on(
        () -> {
          next.raw();
          return null;
        });
    await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> on(() -> next.take(Unpooled.directBuffer(100), 100) == 1));
    on(
        () -> {
          next.write(Unpooled.directBuffer().writeByte(9));
          next.flush();
          next.endWrites();
          return null;
        });
    assertThat(nextFar.getInputStream().readAllBytes()).containsExactly(9);
  }

  @Test
  void whatCameBeforeAResetIsReadThoughAWriteMeetsTheReset() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    DescriptorLeg leg =
        leg(
            new LegHandler() {
              @Override
              public void received(ByteBuf bytes) {
                heard.add("received " + bytes.readableBytes());
                bytes.release();
              }

              @Override
              public void ended() {
                heard.add("ended");
              }

              @Override
              public void drained() {}

              @Override
              public void gone() {
                heard.add("gone");
              }
            });
    Socket far = accept();
    on(
        () -> {
          leg.read();
          return null;
        });
    on(() -> null); // it was looked at, and nothing was there
    on(
        () -> {
          far.getOutputStream().write(new byte[] {1, 2, 3});
          far.setSoLinger(true, 0);
          far.close();
          leg.write(Unpooled.directBuffer().writeByte(9));
          leg.flush();
          assertThat(heard).isEmpty();
          return null;
        });
    await().atMost(5, TimeUnit.SECONDS).until(() -> heard.contains("received 3"));
    on(
        () -> {
          leg.read();
          return null;
        });
    await().atMost(5, TimeUnit.SECONDS).until(() -> heard.contains("gone"));
    assertThat(heard).containsExactly("received 3", "gone");
  }

  @Test
  void theEndOfWritesAfterAResetIsTheEndOfTheLegAndNoFault() throws Exception {
    AtomicInteger gone = new AtomicInteger();
    DescriptorLeg leg =
        leg(
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
    Socket far = accept();
    boolean closed =
        on(
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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheKernelDoesNotTakeWaitsAndLeavesInOrder(boolean ofAnArray) throws Exception {
    AtomicInteger drained = new AtomicInteger();
    DescriptorLeg leg = leg(new Draining(drained));
    Socket far = accept();
    byte[] sent = new byte[8 << 20];
    new Random(1).nextBytes(sent);
    ByteBuf memory = Buffers.ofLoop(100_000);
    int took =
        on(
            () -> {
              int at = 0;
              while (leg.idle()) {
                int length = Math.min(100_000, sent.length - at);
                if (ofAnArray) {
                  HeapRoom room = new HeapRoom(length);
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
              return at;
            });
    assertThat(took).isLessThan(sent.length);
    assertThat(bytes.waiting()).isBetween(1L, 100_000L);
    // What comes while some waits goes behind it.
    on(
        () -> {
          HeapRoom room = new HeapRoom(1);
          room.bytes()[0] = sent[took];
          leg.pieces().lent(room, 1);
          leg.send();
          leg.endWrites();
          return null;
        });
    assertThat(far.getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(sent, took + 1));
    assertThat(drained).hasValue(1);
    assertThat(bytes.waiting()).isZero();
  }

  @Test
  void noMoreIsTakenThanThereIsRoomForOnTheOtherSide() throws Exception {
    DescriptorLeg leg = leg(LegHandler.NOBODY);
    accept();
    int fresh = on(() -> leg.share(1 << 20, true));
    assertThat(fresh).isGreaterThan(65_536);
    assertThat(on(() -> leg.share(1 << 20, false))).isEqualTo(bytes.allowance());
    assertThat(on(() -> leg.share(5000, true))).isEqualTo(5000);
    int full =
        on(
            () -> {
              HeapRoom room = new HeapRoom(65_536);
              while (leg.idle()) {
                leg.pieces().lent(room, 65_536);
                leg.send();
              }
              return leg.share(1 << 20, true);
            });
    assertThat(full).isLessThanOrEqualTo(65_536);
  }

  @Test
  void whereMemoryIsScarceWhatTheKernelTakesMayStillCome() throws Exception {
    DescriptorLeg leg = leg(LegHandler.NOBODY);
    accept();
    int share =
        on(
            () -> {
              bytes.add(1 << 20);
              int scarce = leg.share(1 << 20, false);
              bytes.add(-(1 << 20));
              return scarce;
            });
    assertThat(share).isGreaterThan(65_536);
  }

  @Test
  void aFaultOfOursEndsOneConnectionAndDoesNotHoldTheLoop() throws Exception {
    AtomicInteger gone = new AtomicInteger();
    DescriptorLeg faulty = leg(new Faulty(gone));
    Socket far = accept();
    on(
        () -> {
          faulty.raw();
          return null;
        });
    far.getOutputStream().write(1);
    // The byte that nobody read makes it a reset.
    assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketException.class);
    long before = System.nanoTime();
    assertThat(on(faulty::closed)).isTrue();
    assertThat(gone).hasValue(1);
    // Netty's loop sleeps for a second where an exception reaches it.
    assertThat(System.nanoTime() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
  }

  @Test
  void thereAreNoneOnceTheLoopsMemoryIsGivenBack() throws Exception {
    DescriptorLeg leg = leg(LegHandler.NOBODY);
    Socket far = accept();
    on(
        () -> {
          legs.release();
          return null;
        });
    assertThat(far.getInputStream().read()).isEqualTo(-1);
    assertThat(leg.closed()).isTrue();
    Channel late = connect();
    Throwable refused =
        on(
            () -> {
              try {
                legs.take(late, "", LegHandler.NOBODY);
                return new AssertionError("taken");
              } catch (IOException e) {
                return e;
              }
            });
    assertThat(refused).hasMessage("the node has stopped");
    assertThat(late.closeFuture().await(5, TimeUnit.SECONDS)).isTrue();
    legs = on(() -> new Legs(loop, bytes));
  }

  private DescriptorLeg leg(LegHandler handler) throws Exception {
    Channel channel = connect();
    return on(() -> (DescriptorLeg) legs.take(channel, "", handler));
  }

  private Channel connect() throws Exception {
    return new Bootstrap()
        .group(loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(server.getLocalSocketAddress())
        .sync()
        .channel();
  }

  private Socket accept() throws IOException {
    Socket far = server.accept();
    far.setSoTimeout(5000);
    toClose.add(far);
    return far;
  }

  private <T> T on(Callable<T> work) throws Exception {
    return loop.submit(work).get(5, TimeUnit.SECONDS);
  }

  private static boolean isOpen(int descriptor) {
    return Files.exists(Path.of("/proc/self/fd/" + descriptor));
  }

  private record Draining(AtomicInteger times) implements LegHandler {
    @Override
    public void received(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void ended() {}

    @Override
    public void drained() {
      times.incrementAndGet();
    }

    @Override
    public void gone() {}
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
