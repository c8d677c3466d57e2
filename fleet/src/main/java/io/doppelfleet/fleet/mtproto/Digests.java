package io.doppelfleet.fleet.mtproto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-1 and SHA-256, which every JDK has. */
public final class Digests {
  private Digests() {}

  /** To be fed piece by piece. */
  public static MessageDigest sha256() {
    return instance("SHA-256");
  }

  /** Of these one after the other. */
  public static byte[] sha1(byte[]... parts) {
    return digest(instance("SHA-1"), parts);
  }

  /** Of these one after the other. */
  public static byte[] sha256(byte[]... parts) {
    return digest(sha256(), parts);
  }

  private static byte[] digest(MessageDigest digest, byte[]... parts) {
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  private static MessageDigest instance(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
