package io.doppelfleet.fleet.mtproto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in infinite garble extension, which the JDK lacks: {@code c[i] = E(p[i] ^ c[i-1]) ^
 * p[i-1]}.
 */
public final class AesIge {
  private static final int BLOCK = 16;

  private final byte[] key;
  private final byte[] iv;

  /**
   * With a key for one message.
   *
   * @param key 32 bytes
   * @param iv c[-1], then p[-1]: 32 bytes
   */
  public AesIge(byte[] key, byte[] iv) {
    this.key = key;
    this.iv = iv;
  }

  /** The key and vector under which the numbers of Diffie and Hellman travel. */
  public static AesIge temporary(byte[] newNonce, byte[] serverNonce) {
    byte[] a = Digests.sha1(newNonce, serverNonce);
    byte[] b = Digests.sha1(serverNonce, newNonce);
    byte[] c = Digests.sha1(newNonce, newNonce);
    byte[] key = Arrays.copyOf(a, 32);
    System.arraycopy(b, 0, key, 20, 12);
    byte[] iv = new byte[32];
    System.arraycopy(b, 12, iv, 0, 8);
    System.arraycopy(c, 0, iv, 8, 20);
    System.arraycopy(newNonce, 0, iv, 28, 4);
    return new AesIge(key, iv);
  }

  /** Whole blocks only. */
  public byte[] encrypt(byte[] plain) {
    return apply(Cipher.ENCRYPT_MODE, plain, 0, BLOCK);
  }

  /** Whole blocks only. */
  public byte[] decrypt(byte[] sealed) {
    return apply(Cipher.DECRYPT_MODE, sealed, BLOCK, 0);
  }

  /** Both ways are one: what is mixed in before the cipher is the other side's last block. */
  private byte[] apply(int mode, byte[] in, int before, int after) {
    if (in.length % BLOCK != 0) {
      throw new MalformedMessageException(in.length + " encrypted bytes are no whole blocks");
    }
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(mode, new SecretKeySpec(key, "AES"));
      byte[] out = new byte[in.length];
      byte[] previousOut = Arrays.copyOfRange(iv, before, before + BLOCK);
      byte[] previousIn = Arrays.copyOfRange(iv, after, after + BLOCK);
      byte[] block = new byte[BLOCK];
      for (int at = 0; at < in.length; at += BLOCK) {
        for (int i = 0; i < BLOCK; i++) {
          block[i] = (byte) (in[at + i] ^ previousOut[i]);
        }
        aes.update(block, 0, BLOCK, out, at);
        for (int i = 0; i < BLOCK; i++) {
          out[at + i] ^= previousIn[i];
          previousIn[i] = in[at + i];
          previousOut[i] = out[at + i];
        }
      }
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
