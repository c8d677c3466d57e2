package io.doppelfleet.proxy.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.leg.Leg;
import io.doppelfleet.proxy.leg.LegHandler;
import io.doppelfleet.proxy.leg.TestLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client whose data centre is dialled, on whatever its leg is. */
@Timeout(60)
final class WaitingTest {
  @ParameterizedTest
  @EnumSource
  void aClientThatSaidSomethingAndResetsIsSeenToLeave(TestLoop.Pump pump) throws Exception {
    try (TestLoop test = new TestLoop(pump)) {
      AtomicInteger left = new AtomicInteger();
      Channel channel = test.connect();
      Leg near = test.on(() -> test.legs().take(channel, "", LegHandler.NOBODY));
      Socket client = test.accept();
      test.on(
          () ->
              new Waiting(
                  near, Unpooled.directBuffer().writeBytes(new byte[10]), left::incrementAndGet));
      assertThat(left).hasValue(0);
      client.setSoLinger(true, 0);
      client.close();
      await().atMost(5, TimeUnit.SECONDS).until(() -> left.get() == 1);
      assertThat(test.on(near::closed)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsHeldOfAClientThatGoesOnIsBounded(TestLoop.Pump pump) throws Exception {
    try (TestLoop test = new TestLoop(pump)) {
      Channel channel = test.connect();
      Leg near = test.on(() -> test.legs().take(channel, "", LegHandler.NOBODY));
      Socket client = test.accept();
      client.getOutputStream().write(new byte[100_000]);
      Waiting waiting =
          test.on(
              () -> new Waiting(near, Unpooled.directBuffer().writeBytes(new byte[10]), () -> {}));
      Thread.sleep(50);
      var held = test.on(waiting::take);
      assertThat(held.readableBytes()).isBetween(10, 6_000);
      held.release();
    }
  }
}
