package io.doppelfleet.proxy.welcome;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * X25519 public keys (<a href="https://www.rfc-editor.org/rfc/rfc7748#section-6.1">RFC 7748,
 * 6.1</a>), each of a fresh scalar. The scalar is forgotten, for nobody derives a secret from it.
 *
 * <p>Bouncy Castle multiplies the base point by tables that it keeps for that point alone, in a
 * fifth of the time of the JDK's key pair. For one thread.
 */
final class X25519Points {
  /** Bytes of a point, and of a scalar. */
  static final int LENGTH = 32;

  private final SecureRandom random;
  private final byte[] scalar = new byte[LENGTH];

  /** Makes the tables, where no other loop did yet: 10 ms. */
  X25519Points(SecureRandom random) {
    this.random = random;
    X25519.precompute();
  }

  byte[] next() {
    byte[] point = new byte[LENGTH];
    random.nextBytes(scalar);
    X25519.scalarMultBase(scalar, 0, point, 0);
    return point;
  }
}
