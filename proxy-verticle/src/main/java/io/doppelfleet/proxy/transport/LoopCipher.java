package io.doppelfleet.proxy.transport;

import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The one AES-256-CTR cipher that all streams of a kind on an event loop share. It is keyed anew
 * when another stream comes, and not while one stream has the loop to itself.
 */
public final class LoopCipher {
  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[32], "AES");
  private static final IvParameterSpec NO_COUNTER = new IvParameterSpec(new byte[16]);

  private final Cipher cipher;
  private final byte[] skipped = new byte[16];
  private @Nullable CtrStream keyedFor;

  /** Of the JDK's provider. */
  public LoopCipher() {
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
  }

  /**
   * Encrypts or decrypts in place, which is the same, and moves the stream on. The JDK's cipher
   * makes a copy first and needs twice the time: for a few bytes.
   */
  public void apply(CtrStream stream, byte[] bytes, int offset, int length) {
    apply(stream, bytes, offset, length, bytes, offset);
  }

  /** The same from a buffer's next bytes, which are taken from it, into an array. */
  public void apply(CtrStream stream, ByteBuf from, int length, byte[] to, int offset) {
    if (from.hasArray()) {
      apply(stream, from.array(), from.arrayOffset() + from.readerIndex(), length, to, offset);
      from.skipBytes(length);
    } else {
      from.readBytes(to, offset, length);
      apply(stream, to, offset, length);
    }
  }

  /** The same from one array into another. */
  public void apply(CtrStream stream, byte[] from, int at, int length, byte[] to, int offset) {
    try {
      if (keyedFor != stream) {
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(stream.key(), "AES"),
            new IvParameterSpec(stream.block()));
        cipher.update(skipped, 0, stream.used(), skipped, 0);
        keyedFor = stream;
      }
      cipher.update(from, at, length, to, offset);
      stream.advance(length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets go of a stream whose connection is over: its key is kept here no longer. */
  public void forget(CtrStream stream) {
    if (keyedFor == stream) {
      keyedFor = null;
      try {
        cipher.init(Cipher.ENCRYPT_MODE, NO_KEY, NO_COUNTER);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
