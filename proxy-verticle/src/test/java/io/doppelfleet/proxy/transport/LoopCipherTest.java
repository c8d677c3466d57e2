package io.doppelfleet.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Streams that share ciphers are each as with one of their own. */
final class LoopCipherTest {
  private final LoopCipher shared = new LoopCipher();

  /** A stream, and a cipher of its own that does the same. */
  private record Twin(CtrStream stream, Cipher own) {
    static Twin random(Random random) throws Exception {
      byte[] key = new byte[32];
      byte[] counter = new byte[16];
      random.nextBytes(key);
      random.nextBytes(counter);
      Arrays.fill(counter, 8, 16, (byte) -1); // so that it carries
      Cipher own = Cipher.getInstance("AES/CTR/NoPadding");
      own.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
      return new Twin(new CtrStream(key, counter), own);
    }
  }

  @Property(tries = 30)
  void whateverOthersComeBetween(
      @ForAll @IntRange(min = 1, max = 600) int streams, @ForAll Random random) throws Exception {
    List<Twin> twins = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      twins.add(Twin.random(random));
    }
    for (int chunk = 0; chunk < 2_000; chunk++) {
      int which = random.nextInt(streams);
      Twin twin = twins.get(which);
      byte[] bytes = new byte[random.nextInt(1, 70)];
      random.nextBytes(bytes);
      byte[] expected = twin.own.update(bytes);
      byte[] result = new byte[bytes.length];
      switch (random.nextInt(3)) {
        case 0 -> {
          shared.apply(twin.stream, bytes, 0, bytes.length);
          result = bytes;
        }
        case 1 -> {
          ByteBuf from = Unpooled.directBuffer().writeBytes(bytes);
          shared.apply(twin.stream, from, bytes.length, result, 0);
          from.release();
        }
        default ->
            shared.apply(twin.stream, Unpooled.wrappedBuffer(bytes), bytes.length, result, 0);
      }
      assertThat(result).isEqualTo(expected);
      if (random.nextInt(20) == 0) {
        shared.forget(twin.stream);
        twins.set(which, Twin.random(random));
      }
    }
  }

  @Test
  void whoWasForgottenGoesOnWhereItStood() throws Exception {
    Twin twin = Twin.random(new Random(1));
    for (int i = 0; i < 3; i++) {
      byte[] bytes = new byte[21];
      shared.apply(twin.stream, bytes, 0, bytes.length);
      assertThat(bytes).isEqualTo(twin.own.update(new byte[21]));
      shared.forget(twin.stream);
    }
  }
}
