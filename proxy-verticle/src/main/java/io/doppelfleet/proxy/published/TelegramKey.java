package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.AesIge;
import io.doppelfleet.fleet.mtproto.DhGroup;
import io.doppelfleet.fleet.mtproto.Digests;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The RSA key of 2048 bits by which clients know Telegram's data centres. */
public record TelegramKey(BigInteger modulus, BigInteger exponent) {
  /** What stands before a key of PKCS#1 in one of X.509, where that has 2048 bits. */
  private static final byte[] HEAD =
      HexFormat.of().parseHex("30820122300d06092a864886f70d01010105000382010f00");

  /** Telegram's own, fingerprint d09d1d85de64fd85, as its clients have it built in. */
  public static final TelegramKey TELEGRAM =
      parse(
          """
          -----BEGIN RSA PUBLIC KEY-----
          MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
          5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
          62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
          +aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
          t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
          5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
          -----END RSA PUBLIC KEY-----
          """);

  private static final int PADDED_DATA = 192;
  private static final int EXPONENT_BYTES = 3;

  /** Reads PEM of PKCS#1, {@code BEGIN RSA PUBLIC KEY}. */
  public static TelegramKey parse(String pem) {
    byte[] pkcs1 = Base64.getDecoder().decode(pem.replaceAll("-----[^-]+-----|\\s", ""));
    byte[] x509 = Arrays.copyOf(HEAD, HEAD.length + pkcs1.length);
    System.arraycopy(pkcs1, 0, x509, HEAD.length, pkcs1.length);
    try {
      RSAPublicKey key =
          (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(x509));
      return new TelegramKey(key.getModulus(), key.getPublicExponent());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("that is no RSA key of 2048 bits", e);
    }
  }

  /** By which a data centre names it. */
  long fingerprint() {
    byte[] bare =
        new TlWriter()
            .bytes(DhGroup.unsigned(modulus, DhGroup.LENGTH))
            .bytes(DhGroup.unsigned(exponent, EXPONENT_BYTES))
            .toByteArray();
    byte[] hash = Digests.sha1(bare);
    return new TlReader(Arrays.copyOfRange(hash, hash.length - Long.BYTES, hash.length)).int64();
  }

  /**
   * Seals for who has the other half, by <a
   * href="https://core.telegram.org/mtproto/auth_key#41-rsa-paddata-server-public-key">RSA_PAD</a>.
   *
   * @param data 144 bytes at most
   * @param random must be unpredictable
   */
  byte[] seal(byte[] data, RandomGenerator random) {
    byte[] padded = new byte[PADDED_DATA];
    random.nextBytes(padded);
    System.arraycopy(data, 0, padded, 0, data.length);
    byte[] reversed = new byte[PADDED_DATA];
    for (int i = 0; i < PADDED_DATA; i++) {
      reversed[i] = padded[PADDED_DATA - 1 - i];
    }
    BigInteger number;
    do {
      byte[] key = new byte[32];
      random.nextBytes(key);
      byte[] hashed = new TlWriter().raw(reversed).raw(Digests.sha256(key, padded)).toByteArray();
      byte[] encrypted = new AesIge(key, new byte[32]).encrypt(hashed);
      byte[] mask = Digests.sha256(encrypted);
      for (int i = 0; i < key.length; i++) {
        key[i] ^= mask[i];
      }
      number = new BigInteger(1, new TlWriter().raw(key).raw(encrypted).toByteArray());
    } while (number.compareTo(modulus) >= 0);
    return DhGroup.unsigned(number.modPow(exponent, modulus), DhGroup.LENGTH);
  }
}
