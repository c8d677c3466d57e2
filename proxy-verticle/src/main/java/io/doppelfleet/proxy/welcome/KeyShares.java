package io.doppelfleet.proxy.welcome;

import static io.doppelfleet.proxy.hello.ClientHello.X25519;
import static io.doppelfleet.proxy.hello.ClientHello.X25519_MLKEM768;

import io.doppelfleet.proxy.hello.ClientHello;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KEM;
import org.jspecify.annotations.Nullable;

/**
 * The server's key share for a hello: a public key made for this connection, of the group that a
 * server of today prefers among those that the client sent a share of. One for each event loop.
 */
final class KeyShares {
  /** Bytes of an ML-KEM-768 encapsulation key, FIPS 203. */
  private static final int MLKEM_KEY_LENGTH = 1184;

  /** SubjectPublicKeyInfo of an ML-KEM-768 key (2.16.840.1.101.3.4.4.2) up to the key itself. */
  private static final byte[] MLKEM_PREFIX =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

  private final KeyFactory mlkem;
  private final KEM kem;
  private final SecureRandom random;
  private final X25519Points points;

  KeyShares(SecureRandom random) {
    this.random = random;
    points = new X25519Points(random);
    try {
      mlkem = KeyFactory.getInstance("ML-KEM-768");
      kem = KEM.getInstance("ML-KEM-768");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks ML-KEM-768", e);
    }
  }

  /** The group to answer with, or 0 where the client sent no share that we can answer. */
  static int choose(ClientHello hello) {
    if (canAnswer(hello, X25519_MLKEM768)) {
      return X25519_MLKEM768;
    }
    return canAnswer(hello, X25519) ? X25519 : 0;
  }

  /** Whether the client sent a share of this group, and we have one to answer it with. */
  static boolean canAnswer(ClientHello hello, int group) {
    int length = hello.shareLength(group);
    return switch (group) {
      case X25519_MLKEM768 -> length == MLKEM_KEY_LENGTH + X25519Points.LENGTH;
      case X25519 -> length == X25519Points.LENGTH;
      default -> false;
    };
  }

  /**
   * Our share for the chosen group.
   *
   * @return null where the client's ML-KEM key is none
   */
  byte @Nullable [] answer(ClientHello hello, int group) {
    if (group == X25519) {
      return points.next();
    }
    byte[] share = hello.share(X25519_MLKEM768);
    if (share == null) {
      return null;
    }
    try {
      // draft-ietf-tls-ecdhe-mlkem: ML-KEM first, then X25519. A true ciphertext, for random bytes
      // would be no cheap stand-in: FIPS 203 compresses 3329 values to 1024, of which 257 are a
      // third more frequent than the others, and one share has 768 of them.
      byte[] encoded = Arrays.copyOf(MLKEM_PREFIX, MLKEM_PREFIX.length + MLKEM_KEY_LENGTH);
      System.arraycopy(share, 0, encoded, MLKEM_PREFIX.length, MLKEM_KEY_LENGTH);
      byte[] sealed =
          kem.newEncapsulator(mlkem.generatePublic(new X509EncodedKeySpec(encoded)), random)
              .encapsulate()
              .encapsulation();
      byte[] both = Arrays.copyOf(sealed, sealed.length + X25519Points.LENGTH);
      System.arraycopy(points.next(), 0, both, sealed.length, X25519Points.LENGTH);
      return both;
    } catch (InvalidKeySpecException | InvalidKeyException e) {
      return null;
    }
  }
}
