package io.doppelfleet.standin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.Secret;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HellosTest {
  private static final Secret SECRET =
      Secret.of(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"), "www.google.com");
  private static final Instant TIME = Instant.ofEpochSecond(1_795_419_650);

  @Test
  void aClassicHelloHas517BytesAndOneShare() {
    ClientHello hello = Hellos.classic(SECRET).build();

    assertThat(hello.bytes()).hasSize(517).startsWith(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);
    assertThat(hello.hasShareOf(Group.X25519)).isTrue();
    assertThat(hello.hasShareOf(Group.X25519MLKEM768)).isFalse();
  }

  @Test
  void aHybridHelloIsAsLongAsThoseOfTdLib() {
    ClientHello hello = Hellos.hybrid(SECRET).build();

    assertThat(hello.bytes()).hasSizeBetween(1700, 1830);
    assertThat(hello.hasShareOf(Group.X25519MLKEM768)).isTrue();
  }

  @Test
  void aHelloIsPaddedToAnyLength() {
    assertThat(Hellos.hybrid(SECRET).paddedTo(4096).build().bytes()).hasSize(4096);
  }

  @Test
  void theRandomHidesTheTimeUnderTheDigest() {
    byte[] hello = Hellos.hybrid(SECRET).at(TIME).build().bytes();

    byte[] hidden = unmasked(hello);
    assertThat(Arrays.copyOf(hidden, 28)).containsOnly(0);
    assertThat(ByteBuffer.wrap(hidden).order(ByteOrder.LITTLE_ENDIAN).getInt(28))
        .isEqualTo((int) TIME.getEpochSecond());
  }

  @Test
  void aWrongDigestDiffersInOneBit() {
    byte[] hidden = unmasked(Hellos.classic(SECRET).withWrongDigest().build().bytes());

    int bits = 0;
    for (int i = 0; i < 28; i++) {
      bits += Integer.bitCount(hidden[i] & 0xff);
    }
    assertThat(bits).isEqualTo(1);
  }

  @Test
  void theSniIsWhereTheOffsetSays() {
    ClientHello hello = Hellos.hybrid(SECRET).withSni("other.example").build();

    assertThat(new String(hello.bytes(), hello.sniOffset(), 13, StandardCharsets.US_ASCII))
        .isEqualTo("other.example");
    assertThat(Hellos.hybrid(SECRET).withoutSni().build().sniOffset()).isEqualTo(-1);
  }

  @Test
  void severalRecordsCarryTheSameMessage() {
    ClientHello hello = Hellos.classic(SECRET).build();
    byte[] records = hello.inRecords(1, 100);

    assertThat(records).hasSize(517 + 10).startsWith(0x16, 3, 1, 0, 1, 1, 0x16, 3, 1, 0, 100);
    ByteSink joined = new ByteSink();
    for (int at = 0; at < records.length; ) {
      int length = Tls.u16(records, at + 3);
      joined.bytes(Arrays.copyOfRange(records, at + 5, at + 5 + length));
      at += 5 + length;
    }
    assertThat(joined.toBytes()).isEqualTo(Arrays.copyOfRange(hello.bytes(), 5, 517));
  }

  @Test
  void withoutTls13NothingOfItIsOffered() {
    ClientHello hello = Hellos.hybrid(SECRET).withoutTls13().build();

    assertThat(hello.offersSuite(0x1301)).isFalse();
    assertThat(hello.offersSuite(0xc02f)).isTrue();
    assertThat(hello.hasShareOf(Group.X25519)).isFalse();
  }

  private static byte[] unmasked(byte[] hello) {
    byte[] random = Arrays.copyOfRange(hello, 11, 43);
    Arrays.fill(hello, 11, 43, (byte) 0);
    byte[] digest = Tls.hmac(SECRET.key(), hello);
    for (int i = 0; i < 32; i++) {
      digest[i] ^= random[i];
    }
    return digest;
  }
}
