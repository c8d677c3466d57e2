package io.doppelfleet.proxy.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** It has to look like what a server encrypts, however much of it was made before. */
final class SealedBytesTest {
  private static final int LONGEST = 10_240;

  private final SealedBytes sealed = new SealedBytes(new SecureRandom(), LONGEST);

  @Test
  void noneComeAgainAlsoUnderTheKeysThatFollow() {
    Set<ByteBuffer> begins = new HashSet<>();
    for (int i = 0; i < 500; i++) { // 5 MB: some keys
      byte[] bytes = new byte[LONGEST];
      sealed.put(bytes, 0, bytes.length);
      for (int at = 0; at + 16 <= bytes.length; at += 1_024) {
        begins.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + 16)));
      }
    }
    assertThat(begins).hasSize(5_000);
  }

  @Test
  void eachByteIsAsFrequentAsAnyOther() {
    int[] counts = new int[256];
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[1_000 + i];
      sealed.put(bytes, 0, bytes.length);
      for (byte each : bytes) {
        counts[each & 0xff]++;
      }
    }
    double expected = Arrays.stream(counts).sum() / 256.0;
    double chiSquare =
        Arrays.stream(counts).mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    assertThat(chiSquare).as("of 255 degrees of freedom").isBetween(120.0, 420.0); // six sigmas
  }

  @Test
  void whatStandsBesideThemStays() {
    byte[] bytes = new byte[64];
    sealed.put(bytes, 20, 30);
    assertThat(Arrays.copyOf(bytes, 20)).containsOnly(0);
    assertThat(Arrays.copyOfRange(bytes, 50, 64)).containsOnly(0);
    assertThat(Arrays.copyOfRange(bytes, 20, 50)).isNotEqualTo(new byte[30]);
  }
}
