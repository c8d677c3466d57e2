package io.doppelfleet.proxy.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many digests at once are those that the JDK makes one by one. */
final class HelloSweepTest {
  private final HelloSweep sweep = new HelloSweep();

  @Property(tries = 100)
  void eachLaneIsTheDigestOfItsKeyAndTheMessage(
      @ForAll @IntRange(max = 4200) int length,
      @ForAll @IntRange(min = 1, max = KeyLanes.LANES) int count,
      @ForAll @IntRange(min = 1, max = 64) int keyLength,
      @ForAll long seed)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] message = bytes(random, length);
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(bytes(random, keyLength));
    }
    sweep.message(bytes(random, random.nextInt(4_200))); // nothing of an earlier one may be left
    sweep.under(new KeyLanes(keys));
    sweep.message(message);
    sweep.under(new KeyLanes(keys));
    for (int lane = 0; lane < count; lane++) {
      assertThat(digest(lane)).isEqualTo(hmac(keys.get(lane), message));
    }
  }

  private byte[] digest(int lane) {
    byte[] digest = new byte[HelloDigest.LENGTH];
    for (int row = 0; row < Sha256.STATE; row++) {
      Sha256.WORDS.set(digest, Integer.BYTES * row, sweep.word(lane, row));
    }
    return digest;
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
