package io.doppelfleet.control.authority;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the three kinds of certificates (RFC 5280), which the JDK can only read. A node's says that
 * it is no control, and vice versa. There is no library for it that costs nothing where it isn't
 * used: Bouncy Castle's jars beside ours take a megabyte of a node that is alone.
 */
final class Certificates {
  /** The authority's end is that of the fleet: nothing renews it. */
  private static final Duration AUTHORITY = Duration.ofDays(36_500);

  /** A certificate holds for clocks that are behind by so much. */
  private static final Duration BEHIND = Duration.ofDays(1);

  /** Probers see it: it says no more than it has to. */
  private static final String ISSUER = "authority";

  private static final int SERIAL_BITS = 127;
  private static final byte[] VERSION_3 = Der.explicit(0, Der.integer(BigInteger.TWO));
  private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);

  /** RFC 5758, 3.2. */
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));

  private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
  private static final byte[] KEY_USAGE = Der.oid(2, 5, 29, 15);
  private static final byte[] EXTENDED_KEY_USAGE = Der.oid(2, 5, 29, 37);
  private static final byte[] SERVER_AUTH = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1);
  private static final byte[] CLIENT_AUTH = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 2);

  private Certificates() {}

  /** It signs certificates, and none that sign others. */
  static X509Certificate ofAuthority(
      PublicKey key, PrivateKey signer, Instant now, SecureRandom random) {
    return signed(
        ISSUER,
        key,
        signer,
        now,
        AUTHORITY,
        List.of(
            critical(BASIC_CONSTRAINTS, Der.sequence(Der.yes(), Der.integer(BigInteger.ZERO))),
            critical(KEY_USAGE, Der.bits(2, (byte) 0x04))), // keyCertSign
        random);
  }

  static X509Certificate ofControl(
      PublicKey key, PrivateKey signer, Instant now, Duration time, SecureRandom random) {
    return signed("control", key, signer, now, time, ofAnEnd(SERVER_AUTH), random);
  }

  /** The name is for people: who a node is its key says. */
  static X509Certificate ofNode(
      String name,
      PublicKey key,
      PrivateKey signer,
      Instant now,
      Duration time,
      SecureRandom random) {
    return signed(name, key, signer, now, time, ofAnEnd(CLIENT_AUTH), random);
  }

  private static List<byte[]> ofAnEnd(byte[] purpose) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(critical(BASIC_CONSTRAINTS, Der.sequence()));
    extensions.add(critical(KEY_USAGE, Der.bits(7, (byte) 0x80))); // digitalSignature
    extensions.add(Der.sequence(EXTENDED_KEY_USAGE, Der.octets(Der.sequence(purpose))));
    return extensions;
  }

  private static byte[] critical(byte[] kind, byte[] value) {
    return Der.sequence(kind, Der.yes(), Der.octets(value));
  }

  private static X509Certificate signed(
      String subject,
      PublicKey key,
      PrivateKey signer,
      Instant now,
      Duration time,
      List<byte[]> extensions,
      SecureRandom random) {
    byte[] signed =
        Der.sequence(
            VERSION_3,
            Der.integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            name(ISSUER),
            Der.sequence(Der.time(now.minus(BEHIND)), Der.time(now.plus(time))),
            name(subject),
            key.getEncoded(),
            Der.explicit(3, Der.sequence(extensions.toArray(byte[][]::new))));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(signer, random);
      signature.update(signed);
      byte[] whole = Der.sequence(signed, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has what it takes
    }
  }

  private static byte[] name(String common) {
    return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(common))));
  }
}
