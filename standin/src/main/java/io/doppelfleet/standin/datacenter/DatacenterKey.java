package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.AesIge;
import io.doppelfleet.fleet.mtproto.DhGroup;
import io.doppelfleet.fleet.mtproto.Digests;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** The RSA key by which clients know a data centre: 2048 bits, public exponent 65537. */
public final class DatacenterKey {
  /** Bytes of the modulus, and of what is encrypted for the key. */
  static final int LENGTH = 256;

  private static final int PADDED_DATA = 192;

  private final BigInteger modulus;
  private final BigInteger publicExponent;
  private final BigInteger privateExponent;

  private DatacenterKey(RSAPublicKey open, RSAPrivateCrtKey secret) {
    modulus = open.getModulus();
    publicExponent = open.getPublicExponent();
    privateExponent = secret.getPrivateExponent();
  }

  /**
   * A new key, made within half a second. Its fingerprint has 16 hex digits: mtcute 0.30.3 doesn't
   * find a key whose fingerprint begins with a zero, and none of Telegram's does.
   */
  public static DatacenterKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(LENGTH * 8);
      DatacenterKey key;
      do {
        KeyPair pair = generator.generateKeyPair();
        key =
            new DatacenterKey(
                (RSAPublicKey) pair.getPublic(), (RSAPrivateCrtKey) pair.getPrivate());
      } while (key.fingerprint() >>> 60 == 0);
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The public key as clients carry it: PKCS#1 ({@code BEGIN RSA PUBLIC KEY}), lines of 64, no line
   * end after the last. Always 425 characters, as Telegram's own.
   */
  public String publicPem() {
    byte[] n = modulus.toByteArray();
    byte[] e = publicExponent.toByteArray();
    // RFC 8017 A.1.1: SEQUENCE { INTEGER, INTEGER }; the lengths of a 2048-bit key never vary.
    ByteBuffer der = ByteBuffer.allocate(8 + n.length + 2 + e.length);
    der.put((byte) 0x30).put((byte) 0x82).putShort((short) (der.capacity() - 4));
    der.put((byte) 0x02).put((byte) 0x82).putShort((short) n.length).put(n);
    der.put((byte) 0x02).put((byte) e.length).put(e);
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN RSA PUBLIC KEY-----\n"
        + lines.encodeToString(der.array())
        + "\n-----END RSA PUBLIC KEY-----";
  }

  /**
   * What {@code resPQ} calls the key: the last 64 bits of SHA-1 over n and e as TL strings, of
   * which the numbers' leading zero byte is no part.
   */
  public long fingerprint() {
    byte[] bare =
        new TlWriter()
            .bytes(DhGroup.unsigned(modulus, LENGTH))
            .bytes(DhGroup.unsigned(publicExponent, 3))
            .toByteArray();
    return ByteBuffer.wrap(Digests.sha1(bare)).order(ByteOrder.LITTLE_ENDIAN).getLong(12);
  }

  /**
   * Undoes <a href="https://core.telegram.org/mtproto/auth_key#41-rsa-paddata-server-public-key">
   * RSA_PAD</a>.
   *
   * @return 192 bytes: the data and the client's random filling
   * @throws MalformedMessageException when it was made for another key, or altered
   */
  byte[] decrypt(byte[] sealed) {
    BigInteger number = new BigInteger(1, sealed);
    if (sealed.length != LENGTH || number.compareTo(modulus) >= 0) {
      throw new MalformedMessageException("encrypted_data is no number below the modulus");
    }
    byte[] padded = DhGroup.unsigned(number.modPow(privateExponent, modulus), LENGTH);
    byte[] encrypted = Arrays.copyOfRange(padded, 32, LENGTH);
    byte[] hash = Digests.sha256(encrypted);
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (padded[i] ^ hash[i]);
    }
    byte[] dataWithHash = new AesIge(key, new byte[32]).decrypt(encrypted);
    byte[] data = new byte[PADDED_DATA];
    for (int i = 0; i < PADDED_DATA; i++) {
      data[i] = dataWithHash[PADDED_DATA - 1 - i];
    }
    byte[] theirs = Arrays.copyOfRange(dataWithHash, PADDED_DATA, dataWithHash.length);
    if (!Arrays.equals(theirs, Digests.sha256(key, data))) {
      throw new MalformedMessageException("encrypted_data wasn't made for this key");
    }
    return data;
  }
}
