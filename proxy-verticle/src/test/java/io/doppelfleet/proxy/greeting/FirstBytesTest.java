package io.doppelfleet.proxy.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.leg.Buffers;
import io.doppelfleet.proxy.leg.LoopBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Bytes without a verdict are in the loop's account, and what is reserved is always granted. */
final class FirstBytesTest {
  private static final int CONNECTIONS = 100;
  private static final int BOUND = 512 * 1024;

  private final LoopBytes account =
      new LoopBytes(64 * 1024, BOUND, FirstBytes.RESERVED_READS * CONNECTIONS);

  @Test
  void areInTheAccountUntilTheyAreTaken() {
    FirstBytes first = new FirstBytes(account);
    first.add(bytes(100));
    first.add(bytes(3_000));
    assertThat(account.waiting()).isGreaterThanOrEqualTo(3_100);
    ByteBuf rest = first.takeAfter(3_000);
    assertThat(rest.readableBytes()).isEqualTo(100);
    assertThat(rest.capacity()).as("the hello's memory is not held by it").isLessThan(200);
    assertThat(account.waiting()).isZero();
    rest.release();
  }

  @Test
  void theCoverIsGivenEachByteOnce() {
    FirstBytes first = new FirstBytes(account);
    first.add(Buffers.POOLED.directBuffer(2048).writeBytes(new byte[] {1, 2}));
    assertGiven(first, 1, 2);
    assertThat(first.forward()).isNull();
    first.add(Buffers.POOLED.directBuffer(2048).writeBytes(new byte[] {3}));
    assertGiven(first, 3);
    first.add(Buffers.POOLED.directBuffer(2048).writeBytes(new byte[] {4, 5}));
    ByteBuf rest = first.takeUnforwarded();
    assertThat(rest.readByte()).isEqualTo((byte) 4);
    assertThat(rest.readableBytes()).isEqualTo(1);
    rest.release();
  }

  private static void assertGiven(FirstBytes first, int... expected) {
    ByteBuf given = Objects.requireNonNull(first.forward());
    for (int each : expected) {
      assertThat(given.readByte()).isEqualTo((byte) each);
    }
    assertThat(given.isReadable()).isFalse();
    given.release();
  }

  @Test
  void allConnectionsAtOnceStayWithinTheBoundAndEachHasItsReserve() {
    List<FirstBytes> held = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      FirstBytes first = new FirstBytes(account);
      held.add(first);
      // As DescriptorLeg reads: 2 KiB, or 1 KiB where little is left; up to a whole hello.
      for (int length = 0; length < 8_192 && !first.tooMuch(); ) {
        int read = account.scarce() ? LoopBytes.SMALLEST_READ : 2_048;
        first.add(bytes(read));
        length += read;
        assertThat(length > 2_048 || !first.tooMuch()).as("TDLib's hello passes").isTrue();
      }
    }
    assertThat(account.waiting()).isLessThanOrEqualTo(BOUND).isGreaterThan(BOUND / 2);
    held.forEach(FirstBytes::release);
    assertThat(account.waiting()).isZero();
  }

  private static ByteBuf bytes(int length) {
    return Buffers.POOLED.directBuffer(Math.max(length, 1)).writeZero(length);
  }
}
