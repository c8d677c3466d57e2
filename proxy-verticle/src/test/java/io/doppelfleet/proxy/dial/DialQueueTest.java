package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.Legs;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which dials begin when. */
@Timeout(60)
final class DialQueueTest {
  private static final int CROWD = 20;
  private static final int BESIDE = 3;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Legs legs = new Legs(loop, new LoopBytes(65_536, 1 << 20, 8));
  private final DialQueue queue =
      new DialQueue(
          new Dialler(legs, EpollSocketChannel::new),
          Ways.DIRECT,
          loop,
          Duration.ofSeconds(20),
          LegHandler.NOBODY);
  private final CountDownLatch over = new CountDownLatch(CROWD + BESIDE);
  private final List<String> begun = new ArrayList<>();

  private int turns;
  private int turnsUntilAllBegan;

  private void nextTurn() {
    turns++;
    if (begun.size() < CROWD + BESIDE) {
      loop.schedule(this::nextTurn, 0, TimeUnit.NANOSECONDS);
    }
  }

  @AfterEach
  void end() throws Exception {
    loop.submit(legs::release).get();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).get();
  }

  @Test
  void aCrowdsDialsBeginAFewATurn() throws Exception {
    try (ServerSocket datacenter = listen()) {
      loop.execute(this::nextTurn);
      loop.execute(() -> dial(datacenter, "crowd", CROWD + BESIDE));
      assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(loop.submit(() -> turnsUntilAllBegan).get()).isGreaterThanOrEqualTo(CROWD / 2);
      assertThat(queue.waiting()).isZero();
    }
  }

  @Test
  void thoseToAnotherDataCentreDoNotWaitForAllOfACrowd() throws Exception {
    try (ServerSocket crowded = listen();
        ServerSocket other = listen()) {
      loop.execute(
          () -> {
            dial(crowded, "crowd", CROWD);
            dial(other, "other", BESIDE);
          });
      assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(begun.lastIndexOf("other")).isLessThan(CROWD + BESIDE - CROWD / 2);
    }
  }

  @Test
  void whoLeavesWhileItWaitsIsNotDialled() throws Exception {
    try (ServerSocket datacenter = listen()) {
      loop.submit(
              () -> {
                dial(datacenter, "crowd", CROWD);
                for (int i = 0; i < BESIDE; i++) {
                  assertThat(queue.dial(at(datacenter)).cancel()).isTrue();
                  over.countDown();
                }
              })
          .get();
      assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(begun).hasSize(CROWD);
      assertThat(queue.waiting()).isZero();
    }
  }

  @Test
  void whoseDialFailsAtOnceHasThatAndDoesNotLeaveBesides() throws Exception {
    List<InetSocketAddress> impossible = List.of(new InetSocketAddress("255.255.255.255", 9));
    DialQueue.Turn turn = loop.submit(() -> queue.dial(impossible)).get();
    assertThat(turn.result().failed()).isTrue();
    assertThat(loop.submit(turn::cancel).get()).isFalse();
  }

  @Test
  void whoComesAfterAllWhoWaitedHaveLeftIsDialledAtOnce() throws Exception {
    try (ServerSocket datacenter = listen()) {
      loop.submit(
              () -> {
                dial(datacenter, "crowd", BESIDE);
                for (int i = 0; i < CROWD - 1; i++) {
                  queue.dial(at(datacenter)).cancel();
                  over.countDown();
                }
              })
          .get();
      await().atMost(10, TimeUnit.SECONDS).until(() -> over.getCount() == 1);
      loop.execute(() -> dial(datacenter, "late", 1));
      assertThat(over.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(begun).endsWith("late");
    }
  }

  private void dial(ServerSocket to, String name, int count) {
    for (int i = 0; i < count; i++) {
      queue
          .dial(at(to))
          .result()
          .onSuccess(
              leg -> {
                begun.add(name);
                leg.close();
                over.countDown();
              });
    }
  }

  private List<InetSocketAddress> at(ServerSocket listener) {
    return new Noting((InetSocketAddress) listener.getLocalSocketAddress());
  }

  /** An address that notes when it is dialled. */
  private final class Noting extends AbstractList<InetSocketAddress> {
    private final InetSocketAddress address;

    Noting(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public InetSocketAddress get(int index) {
      turnsUntilAllBegan = turns;
      return address;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Noting noting && noting.address.equals(address);
    }

    @Override
    public int hashCode() {
      return address.hashCode();
    }
  }

  private static ServerSocket listen() throws Exception {
    return new ServerSocket(0, CROWD + BESIDE, InetAddress.getLoopbackAddress());
  }
}
