package io.doppelfleet.standin.client;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Numbers of RFC 8446 and the FakeTLS digest. */
final class Tls {
  static final int RECORD_HEADER = 5;

  /** Of a ClientHello or a ServerHello that begins a record. */
  static final int RANDOM_OFFSET = RECORD_HEADER + 4 + 2;

  static final int RANDOM_LENGTH = 32;
  static final int SESSION_ID_OFFSET = RANDOM_OFFSET + RANDOM_LENGTH;

  static final int CHANGE_CIPHER_SPEC = 20;
  static final int HANDSHAKE = 22;
  static final int APPLICATION_DATA = 23;

  static final int TLS_1_2 = 0x0303;
  static final int TLS_1_3 = 0x0304;

  static final int EXTENSION_SUPPORTED_VERSIONS = 43;
  static final int EXTENSION_KEY_SHARE = 51;

  private Tls() {}

  static int u16(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | (bytes[offset + 1] & 0xff);
  }

  static int u24(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 16 | u16(bytes, offset + 1);
  }

  /** HMAC-SHA256 over the parts, one after the other. */
  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
