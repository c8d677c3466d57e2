package io.doppelfleet.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** How the leg to a data centre opens. */
final class Obfuscated2Test {
  private static final byte[] SECRET = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
  private static final int TAG = 0xdddddddd;

  /** By each of them servers tell another protocol: plain transports, HTTP, TLS. */
  private static final List<String> RESERVED =
      List.of(
          "ef", // abridged
          "dddddddd", // padded intermediate
          "eeeeeeee", // intermediate
          "48454144", // HEAD
          "504f5354", // POST
          "47455420", // GET
          "4f505449", // OPTI
          "16030102", // a TLS record
          "0102030400000000"); // full: length, then the number 0

  private final LoopCipher cipher = new LoopCipher();

  @Property(tries = 200)
  void itNeverBeginsAsAnotherProtocolDoes(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 8) Integer> beginnings,
      @ForAll byte filler)
      throws Exception {
    byte[] good = "no other".getBytes(StandardCharsets.US_ASCII);
    Drawn random = new Drawn(filler);
    for (int beginning : beginnings) {
      random.next.add(HexFormat.of().parseHex(RESERVED.get(beginning)));
    }
    random.next.add(good);

    byte[] header = client().towardsDatacenter(random, cipher).header();

    assertThat(Arrays.copyOf(header, good.length)).isEqualTo(good);
    assertThat(random.next).isEmpty();
  }

  /** What a client's header opens that asks for data centre 2. */
  private Obfuscated2 client() throws Exception {
    byte[] header = new byte[Obfuscated2.HEADER_LENGTH];
    RandomGenerator.of("L64X128MixRandom").nextBytes(header);
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(56, TAG).putShort(60, (short) 2);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(header, 8, 32);
    Cipher own = Cipher.getInstance("AES/CTR/NoPadding");
    own.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(sha256.digest(SECRET), "AES"),
        new IvParameterSpec(header, 40, 16));
    System.arraycopy(own.doFinal(header), 56, header, 56, 8);
    Obfuscated2 opened = Obfuscated2.open(header, SECRET, cipher);
    assertThat(opened).isNotNull();
    return opened;
  }

  /** Bytes that begin as it is told, in turn, and go on with one byte. */
  private record Drawn(Queue<byte[]> next, byte filler) implements RandomGenerator {
    Drawn(byte filler) {
      this(new ArrayDeque<>(), filler);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, filler);
      byte[] beginning = next.remove();
      System.arraycopy(beginning, 0, bytes, 0, beginning.length);
    }

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException();
    }
  }
}
