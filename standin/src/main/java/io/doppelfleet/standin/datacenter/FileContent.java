package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.Digests;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The files that clients download: as many as there are ids, each without end, each other bytes,
 * any part of which can be had at once. A file is the key stream of AES-256-CTR from block 0, its
 * key the SHA-256 of the file's id as 8 bytes, big-endian.
 */
public final class FileContent {
  private static final int BLOCK = 16;

  /** Bytes that are hashed at a time. */
  private static final int STEP = 64 * 1024;

  private FileContent() {}

  /**
   * A part of a file.
   *
   * @param offset where it begins, at least 0
   * @param length bytes
   */
  public static byte[] read(long file, long offset, int length) {
    byte[] key = Digests.sha256(ByteBuffer.allocate(8).putLong(file).array());
    byte[] counter = ByteBuffer.allocate(BLOCK).putLong(8, offset / BLOCK).array();
    int skipped = (int) (offset % BLOCK);
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
      cipher.update(new byte[skipped]);
      return cipher.update(new byte[length]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SHA-256 of a file's first bytes, lower-case hex. */
  public static String sha256(long file, long length) {
    MessageDigest digest = Digests.sha256();
    for (long at = 0; at < length; at += STEP) {
      digest.update(read(file, at, (int) Math.min(length - at, STEP)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
