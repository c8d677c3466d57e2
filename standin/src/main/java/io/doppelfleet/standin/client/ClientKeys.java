package io.doppelfleet.standin.client;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.KEM;
import javax.crypto.KeyAgreement;

/**
 * A client's key pairs, which both make its shares and tell whether the server's are true. May
 * serve any number of hellos: a fixture has no secrets to keep.
 */
public final class ClientKeys {
  /** 2^255 - 19, the field of RFC 7748. */
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  private static final BigInteger A = BigInteger.valueOf(486662);

  private static final int MLKEM_PUBLIC = 1184;
  private static final int MLKEM_CIPHERTEXT = 1088;
  private static final int POINT = 32;

  private final KeyPair x25519;
  private final KeyPair mlKem;
  private final Map<Group, byte[]> shares = new EnumMap<>(Group.class);

  private ClientKeys(KeyPair x25519, KeyPair mlKem) {
    this.x25519 = x25519;
    this.mlKem = mlKem;
    byte[] point = littleEndian(((XECPublicKey) x25519.getPublic()).getU());
    shares.put(Group.X25519, point);
    byte[] encoded = mlKem.getPublic().getEncoded();
    byte[] both =
        Arrays.copyOfRange(encoded, encoded.length - MLKEM_PUBLIC, encoded.length + POINT);
    System.arraycopy(point, 0, both, MLKEM_PUBLIC, POINT);
    shares.put(Group.X25519MLKEM768, both);
  }

  /** New ones. */
  public static ClientKeys generate() {
    try {
      return new ClientKeys(
          KeyPairGenerator.getInstance("X25519").generateKeyPair(),
          KeyPairGenerator.getInstance("ML-KEM-768").generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * New ones, of which the hybrid share has no ML-KEM key: its coefficients are too great (FIPS
   * 203, section 7.2), so a server has no answer to it.
   */
  public static ClientKeys withoutMlKem() {
    ClientKeys keys = generate();
    Arrays.fill(keys.shares.get(Group.X25519MLKEM768), 0, MLKEM_PUBLIC, (byte) -1);
    return keys;
  }

  /** The client's share of a group. */
  byte[] share(Group group) {
    return shares.getOrDefault(group, new byte[0]).clone();
  }

  /**
   * Checks a server's share by finishing the exchange.
   *
   * @throws BrokenRuleException when it is none
   */
  void check(Group group, byte[] share) {
    checkPoint(Arrays.copyOfRange(share, share.length - POINT, share.length));
    agree(share);
    if (group == Group.X25519MLKEM768) {
      decapsulate(Arrays.copyOf(share, MLKEM_CIPHERTEXT));
    }
  }

  /**
   * Checks that these 32 bytes can be an X25519 public key: half of all random strings are
   * coordinates of the twist instead, and no true server reduces too little.
   *
   * @throws BrokenRuleException when they can't
   */
  static void checkPoint(byte[] point) {
    BigInteger u = fromLittleEndian(point);
    require(u.signum() != 0, "the X25519 point is zero");
    require(u.compareTo(P) < 0, "the X25519 point is not reduced");
    BigInteger square =
        u.multiply(u).add(A.multiply(u)).add(BigInteger.ONE).multiply(u).mod(P); // y^2
    BigInteger legendre = square.modPow(P.shiftRight(1), P);
    require(legendre.equals(BigInteger.ONE), "the X25519 point is not on the curve");
  }

  private void agree(byte[] share) {
    byte[] point = Arrays.copyOfRange(share, share.length - POINT, share.length);
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(x25519.getPrivate());
      agreement.doPhase(
          KeyFactory.getInstance("X25519")
              .generatePublic(
                  new XECPublicKeySpec(NamedParameterSpec.X25519, fromLittleEndian(point))),
          true);
      agreement.generateSecret();
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw new BrokenRuleException(Rule.KEY_SHARE_VALUE, "no X25519 agreement: " + e.getMessage());
    }
  }

  /**
   * ML-KEM never fails: to a ciphertext that is none it answers SHAKE256(z, ciphertext), where z is
   * the end of the private key (FIPS 203, algorithm 18).
   */
  private void decapsulate(byte[] ciphertext) {
    try {
      byte[] secret =
          KEM.getInstance("ML-KEM")
              .newDecapsulator(mlKem.getPrivate())
              .decapsulate(ciphertext)
              .getEncoded();
      byte[] encoded = mlKem.getPrivate().getEncoded();
      MessageDigest shake = MessageDigest.getInstance("SHAKE256-512");
      shake.update(encoded, encoded.length - 32, 32);
      byte[] rejected = Arrays.copyOf(shake.digest(ciphertext), secret.length);
      require(!Arrays.equals(secret, rejected), "the ciphertext is none for the client's key");
    } catch (GeneralSecurityException e) {
      throw new BrokenRuleException(Rule.KEY_SHARE_VALUE, "no decapsulation: " + e.getMessage());
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new BrokenRuleException(Rule.KEY_SHARE_VALUE, otherwise);
    }
  }

  private static BigInteger fromLittleEndian(byte[] bytes) {
    return new BigInteger(1, reversed(bytes));
  }

  private static byte[] littleEndian(BigInteger value) {
    byte[] bytes = reversed(value.toByteArray());
    return Arrays.copyOf(bytes, POINT);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
