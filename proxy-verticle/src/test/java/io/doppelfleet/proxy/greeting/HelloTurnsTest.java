package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HelloTurnsTest {
  private static final int HELLOS = 10;

  @Test
  void hellosThatTakeLongAreJudgedOneATurnAndInTheirOrder() throws Exception {
    HelloTurns turns = new HelloTurns();
    List<Integer> judged = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(HELLOS);
    EventLoop loop = new DefaultEventLoop();
    try {
      int atOnce =
          loop.submit(
                  () -> {
                    for (int i = 0; i < HELLOS; i++) {
                      int number = i;
                      turns.judge(
                          () -> {
                            LockSupport.parkNanos(1_000_000);
                            judged.add(number);
                            all.countDown();
                          },
                          loop);
                    }
                    return judged.size();
                  })
              .get(10, TimeUnit.SECONDS);
      assertThat(atOnce).isOne();
      assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(judged).isEqualTo(IntStream.range(0, HELLOS).boxed().toList());
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
    }
  }

  @Test
  void whateverBecomesOfOneTheOthersHaveTheirTurn() throws Exception {
    HelloTurns turns = new HelloTurns();
    CountDownLatch judged = new CountDownLatch(2);
    EventLoop loop = new DefaultEventLoop();
    try {
      loop.submit(
              () -> {
                turns.judge(() -> LockSupport.parkNanos(1_000_000), loop);
                turns.judge(
                    () -> {
                      throw new IllegalStateException("as if it had gone wrong");
                    },
                    loop);
                turns.judge(judged::countDown, loop);
                turns.judge(judged::countDown, loop);
              })
          .get(10, TimeUnit.SECONDS);
      assertThat(judged.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
    }
  }

  @Test
  void theyHaveNoMoreOfAShortTurnThanAFewMessagesTake() throws Exception {
    assertThat(judged(100_000))
        .startsWith(40_000L, 80_000L, 220_000L, 260_000L, 400_000L)
        .hasSize(HELLOS);
  }

  @Test
  void whereOthersTakeLongTheyHaveAPartOfThat() throws Exception {
    assertThat(judged(800_000))
        .startsWith(40_000L, 80_000L, 920_000L, 960_000L, 1_000_000L, 1_040_000L, 1_080_000L)
        .hasSize(HELLOS);
  }

  /**
   * When each was, in nanoseconds, where a hello takes 40 us, and others take this of each turn.
   */
  private static List<Long> judged(long others) throws Exception {
    AtomicLong now = new AtomicLong();
    HelloTurns turns = new HelloTurns(now::get);
    List<Long> judged = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(HELLOS);
    EventLoop loop = new DefaultEventLoop();
    try {
      loop.execute(
          () -> {
            for (int i = 0; i < HELLOS; i++) {
              turns.judge(
                  () -> {
                    judged.add(now.addAndGet(40_000));
                    all.countDown();
                  },
                  loop);
            }
            beside(loop, () -> now.addAndGet(others), all);
          });
      assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
      return judged;
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
    }
  }

  private static void beside(EventLoop loop, Runnable others, CountDownLatch all) {
    others.run();
    if (all.getCount() > 0) {
      loop.schedule(() -> beside(loop, others, all), 0, TimeUnit.NANOSECONDS);
    }
  }

  @Test
  void whileTheyTakeLittleNobodyWaits() throws Exception {
    HelloTurns turns = new HelloTurns(() -> 0); // a clock that stands still: they take nothing
    EventLoop loop = new DefaultEventLoop();
    try {
      int[] judged = new int[1];
      for (int turn = 1; turn <= 3; turn++) {
        int atOnce =
            loop.submit(
                    () -> {
                      turns.judge(() -> judged[0]++, loop);
                      return judged[0];
                    })
                .get(10, TimeUnit.SECONDS);
        assertThat(atOnce).isEqualTo(turn);
      }
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
    }
  }
}
