package io.doppelfleet.proxy.greeting;

import static io.doppelfleet.proxy.greeting.FarEnds.expect;
import static io.doppelfleet.proxy.greeting.FarEnds.expectReset;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.leg.TestLoop;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who goes short before it is known whose a connection is. */
@Timeout(60)
@ParameterizedClass
@EnumSource(TestLoop.Pump.class)
final class UndecidedRoomTest {
  private static final byte[] MORE = "and more".getBytes(US_ASCII);

  private final TestLoop.Pump pump;
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // each case begins with it
  private TestGreeter test;

  UndecidedRoomTest(TestLoop.Pump pump) {
    this.pump = pump;
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  @Test
  void whereNothingIsLeftForItALongPartOfAHelloMakesAStranger() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    byte[] part = Arrays.copyOf(new byte[] {0x16, 3, 1, 0x10, 0, 1, 0, 0xf, (byte) 0xfc}, 2049);
    Socket waits = test.come(part);
    test.turn();
    assertThat(test.outcomes.isEmpty()).isTrue();
    test.hold(1 << 20);
    waits.getOutputStream().write(0);
    assertThat(test.outcomes.next()).isEqualTo("refuses: memory");
    test.hold(-(1 << 20));
    expect(test.site.accept(), Arrays.copyOf(part, 2050));
  }

  @Test
  void aStrangerOfACrowdGoesShortWhereCrowdsAreBound() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.boundsCrowds = true;
    test.come(MORE);
    assertThat(test.outcomes.next()).isEqualTo("refuses: no hello");
    test.site.accept();
    test.crowded = true;
    Socket tooMany = test.come(MORE);
    assertThat(test.outcomes.next()).isEqualTo("refuses: no hello");
    assertThat(test.outcomes.next()).isEqualTo("short: crowd");
    expectReset(tooMany);
    assertThat(test.outOfCrowd).hasValue(1);
    test.come(TestGreeter.hello());
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
  }

  @Test
  void whereThereIsNoRoomAStrangerGoesShortAndAClientIsServed() throws Exception {
    test = TestGreeter.ofFewSecrets(pump, directory);
    test.roomForStrangers = false;
    Socket stranger = test.come(TestGreeter.wrongHello());
    assertThat(test.outcomes.next()).isEqualTo("refuses: no secret");
    assertThat(test.outcomes.next()).isEqualTo("short: no room");
    expectReset(stranger);
    test.come(TestGreeter.hello());
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    assertThat(test.site.isNotDialled()).isTrue();
  }

  @Test
  void whereThereIsNoRoomACrowdIsHurriedButForWhomAWorkerLooks() throws Exception {
    test = TestGreeter.ofManySecrets(pump, directory);
    CountDownLatch held = test.holdWorkers();
    test.roomForUndecided = false;
    test.come();
    test.crowded = true;
    Socket slow = test.come();
    Socket client = test.come(TestGreeter.hello());
    test.on(
        () -> {
          test.greeter.tick();
          return null;
        });
    assertThat(test.outcomes.next()).isEqualTo("refuses: slow");
    assertThat(test.outcomes.next()).isEqualTo("short: no room");
    expectReset(slow);
    assertThat(test.outcomes.undecided()).isEqualTo(2);
    held.countDown();
    assertThat(test.outcomes.next()).isEqualTo("serves alice");
    expect(client, TestGreeter.FLIGHT);
  }
}
