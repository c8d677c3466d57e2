package io.doppelfleet.proxy.hello;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/**
 * Public keys for a hello's key_share extension, each made for one hello; the private ones are
 * forgotten.
 */
final class FreshShares {
  private static final int SECP256R1 = 0x17;
  private static final int SECP384R1 = 0x18;
  private static final int SECP521R1 = 0x19;
  private static final int POINT = 32;
  private static final int MLKEM_KEY = 1184;

  private FreshShares() {}

  /** Whether we can make shares of this group. */
  static boolean has(int group) {
    return switch (group) {
      case ClientHello.X25519, ClientHello.X25519_MLKEM768, SECP256R1, SECP384R1, SECP521R1 -> true;
      default -> false;
    };
  }

  /**
   * A share of a group (RFC 8446, 4.2.8; draft-ietf-tls-ecdhe-mlkem).
   *
   * @throws IllegalArgumentException for a group that we haven't
   */
  static byte[] of(int group) {
    return switch (group) {
      case ClientHello.X25519 -> end("X25519", "X25519", POINT);
      case ClientHello.X25519_MLKEM768 -> {
        byte[] both = Arrays.copyOf(end("ML-KEM", "ML-KEM-768", MLKEM_KEY), MLKEM_KEY + POINT);
        System.arraycopy(end("X25519", "X25519", POINT), 0, both, MLKEM_KEY, POINT);
        yield both;
      }
      case SECP256R1 -> end("EC", "secp256r1", 65);
      case SECP384R1 -> end("EC", "secp384r1", 97);
      case SECP521R1 -> end("EC", "secp521r1", 133);
      default -> throw new IllegalArgumentException("group " + group);
    };
  }

  /** SubjectPublicKeyInfo ends with the key as TLS sends it, for all of these. */
  private static byte[] end(String algorithm, String parameters, int length) {
    try {
      KeyPairGenerator generator;
      if (algorithm.equals("EC")) {
        generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(new ECGenParameterSpec(parameters));
      } else {
        generator = KeyPairGenerator.getInstance(parameters);
      }
      byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
      return Arrays.copyOfRange(encoded, encoded.length - length, encoded.length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + parameters, e);
    }
  }
}
