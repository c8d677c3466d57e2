package io.doppelfleet.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WheelTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final Wheel wheel = new Wheel();

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
  }

  @Test
  void allAreWokenOnceAndNoneTooEarly() throws Exception {
    int many = 3_000;
    AtomicInteger woken = new AtomicInteger();
    AtomicInteger early = new AtomicInteger();
    Random random = new Random(1);
    loop.submit(
            () -> {
              for (int i = 0; i < many; i++) {
                sleep(random.nextInt(45_000), woken, early);
              }
            })
        .get();
    await().atMost(SOON).until(() -> woken.get() == many);
    Thread.sleep(100);
    assertThat(woken.get()).isEqualTo(many);
    assertThat(early.get()).isZero();
  }

  private void sleep(int micros, AtomicInteger woken, AtomicInteger early) {
    long due = Wheel.micros() + micros;
    Sleeping sleeper =
        new Sleeping() {
          @Override
          public void wake() {
            woken.incrementAndGet();
            early.addAndGet(Wheel.micros() < due ? 1 : 0);
          }
        };
    wheel.sleep(sleeper, micros, loop);
  }

  @Test
  void whoIsToBeWokenSoonerIsAndLaterIsNot() throws Exception {
    List<Long> woken = new ArrayList<>();
    Sleeping sleeper =
        new Sleeping() {
          @Override
          public void wake() {
            woken.add(Wheel.micros());
          }
        };
    long begin = Wheel.micros();
    loop.submit(
            () -> {
              wheel.sleep(sleeper, 45_000, loop);
              wheel.sleep(sleeper, 1_000, loop);
              wheel.sleep(sleeper, 30_000, loop);
            })
        .get();
    Thread.sleep(150);
    assertThat(loop.submit(() -> List.copyOf(woken)).get())
        .singleElement()
        .satisfies(at -> assertThat(at - begin).isLessThan(40_000));
  }

  /** As one that waits for the next record of a long transfer does. */
  @Test
  void whoSleepsAgainWhenItIsWokenIsWokenAgain() throws Exception {
    AtomicInteger woken = new AtomicInteger();
    Sleeping sleeper =
        new Sleeping() {
          @Override
          public void wake() {
            if (woken.incrementAndGet() < 50) {
              wheel.sleep(this, 0, loop);
            }
          }
        };
    loop.submit(() -> wheel.sleep(sleeper, 0, loop)).get();
    await().atMost(SOON).until(() -> woken.get() == 50);
  }

  @Test
  void aLoopThatWasLateWakesAllTheSame() throws Exception {
    AtomicInteger woken = new AtomicInteger();
    AtomicInteger early = new AtomicInteger();
    for (int late : new int[] {30, 200}) {
      woken.set(0);
      loop.submit(
              () -> {
                for (int i = 0; i < 45; i++) {
                  sleep(i * 1_000, woken, early);
                }
                try {
                  Thread.sleep(late);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              })
          .get();
      await().atMost(SOON).until(() -> woken.get() == 45);
    }
    assertThat(early.get()).isZero();
  }

  @Test
  void whoThrowsKeepsNobodyElseAsleepNorTheWheel() throws Exception {
    AtomicInteger woken = new AtomicInteger();
    AtomicInteger early = new AtomicInteger();
    loop.submit(
            () -> {
              for (int slot = 0; slot < 40; slot++) {
                sleep(slot * 1_000, woken, early);
                wheel.sleep(new Throwing(), slot * 1_000, loop);
                sleep(slot * 1_000, woken, early);
              }
            })
        .get();
    await().atMost(SOON).until(() -> woken.get() == 80);
    loop.submit(() -> sleep(0, woken, early)).get();
    await().atMost(SOON).until(() -> woken.get() == 81);
    assertThat(early.get()).isZero();
  }

  private static final class Throwing extends Sleeping {
    @Override
    public void wake() {
      throw new IllegalStateException("meant to be thrown");
    }
  }

  private abstract static class Sleeping implements Wheel.Sleeper {
    private short slot = AWAKE;

    @Override
    public short slot() {
      return slot;
    }

    @Override
    public void slot(short slot) {
      this.slot = slot;
    }
  }
}
