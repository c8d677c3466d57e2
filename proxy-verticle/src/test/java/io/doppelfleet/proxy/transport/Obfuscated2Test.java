package io.doppelfleet.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A client's header is read, and its data centre's made, so that downloads pass as they are. */
final class Obfuscated2Test {
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

  private final LoopCiphers ciphers = new LoopCiphers();

  @Property(tries = 200)
  void whatTheDatacenterEncryptsTheClientDecrypts(@ForAll Random random) throws Exception {
    TestClient client = TestClient.random(random);
    Obfuscated2 opened = client.opened();
    assertThat(opened.datacenter()).isEqualTo(-3);
    byte[] header = opened.towardsDatacenter(random, ciphers);
    Cipher upload = TestClient.datacenter(header);
    ByteBuffer plain = ByteBuffer.wrap(upload.update(header)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(plain.getInt(56)).isEqualTo(TestClient.TAG);
    assertThat(plain.getShort(60)).isEqualTo((short) -3);
    byte[] back = TestClient.reversed(Arrays.copyOfRange(header, 8, 56));
    Cipher download = TestClient.cipher(Arrays.copyOf(back, 32), Arrays.copyOfRange(back, 32, 48));
    byte[] content = new byte[100];
    random.nextBytes(content);
    assertThat(client.receives(download.update(content))).isEqualTo(content);
  }

  @Test
  void anotherSecretsHeaderIsNone() {
    TestClient client = TestClient.random(new Random(1));
    assertThat(Obfuscated2.open(client.header(), new byte[16], ciphers)).isNull();
  }

  @Property(tries = 200)
  void itNeverBeginsAsAnotherProtocolDoes(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 8) Integer> beginnings,
      @ForAll byte filler) {
    byte[] good = "no other".getBytes(StandardCharsets.US_ASCII);
    Drawn random = new Drawn(filler);
    for (int beginning : beginnings) {
      random.next.add(HexFormat.of().parseHex(RESERVED.get(beginning)));
    }
    random.next.add(good);

    byte[] header = TestClient.random(new Random(1)).opened().towardsDatacenter(random, ciphers);

    assertThat(Arrays.copyOf(header, good.length)).isEqualTo(good);
    assertThat(random.next).isEmpty();
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
