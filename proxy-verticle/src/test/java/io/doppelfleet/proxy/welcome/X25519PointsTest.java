package io.doppelfleet.proxy.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class X25519PointsTest {
  @Test
  void bobsScalarInTheRfcGivesHisPublicKey() { // RFC 7748, 6.1
    assertThat(pointOf("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        .isEqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  }

  @Test
  void aPointIsWhatTheJdkMakesOfTheSameScalar() throws Exception {
    for (int i = 0; i < 50; i++) {
      byte[] scalar = new byte[X25519Points.LENGTH];
      new SecureRandom().nextBytes(scalar);
      KeyPairGenerator jdk = KeyPairGenerator.getInstance("X25519");
      jdk.initialize(NamedParameterSpec.X25519, new Fixed(scalar));
      BigInteger u = ((XECPublicKey) jdk.generateKeyPair().getPublic()).getU();
      assertThat(new X25519Points(new Fixed(scalar)).next()).isEqualTo(littleEndian(u));
    }
  }

  @Test
  void noPointComesTwice() {
    X25519Points points = new X25519Points(new SecureRandom());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(seen.add(HexFormat.of().formatHex(points.next()))).isTrue();
    }
  }

  private static String pointOf(String scalar) {
    HexFormat hex = HexFormat.of();
    return hex.formatHex(new X25519Points(new Fixed(hex.parseHex(scalar))).next());
  }

  private static byte[] littleEndian(BigInteger u) {
    byte[] bytes = new byte[X25519Points.LENGTH];
    BigInteger rest = u;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = rest.byteValue();
      rest = rest.shiftRight(8);
    }
    return bytes;
  }

  /** Says the same bytes each time. */
  private static final class Fixed extends SecureRandom {
    private final byte[] said;

    Fixed(byte[] said) {
      this.said = said;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(said, 0, bytes, 0, bytes.length);
    }
  }
}
