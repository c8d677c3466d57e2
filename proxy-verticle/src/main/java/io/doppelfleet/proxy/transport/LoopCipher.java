package io.doppelfleet.proxy.transport;

import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The AES-256-CTR ciphers that all streams of a kind on an event loop share. To key one takes as
 * long as 4 KB of AES, so they stay keyed: a stream finds its own again unless as many others were
 * keyed meanwhile as there are ciphers.
 */
public final class LoopCipher {
  /**
   * A keyed cipher takes 1 KB of the heap. Streams that speak at once are fewer, as a rule. A
   * stream has a byte for its place.
   */
  private static final int KEYED = 256;

  private static final SecretKeySpec NO_KEY = new SecretKeySpec(new byte[32], "AES");
  private static final IvParameterSpec NO_COUNTER = new IvParameterSpec(new byte[16]);

  private final @Nullable Cipher[] ciphers = new Cipher[KEYED];

  /** Whose key each has; the stream says in which place to look. */
  private final @Nullable CtrStream[] keyedFor = new CtrStream[KEYED];

  private final byte[] skipped = new byte[16];

  /** Whose turn it is to be keyed anew. */
  private int next;

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
      Cipher cipher = ciphers[stream.place()];
      if (cipher == null || keyedFor[stream.place()] != stream) {
        cipher = keyed(stream);
      }
      cipher.update(from, at, length, to, offset);
      stream.advance(length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Cipher keyed(CtrStream stream) throws GeneralSecurityException {
    int place = next;
    next = (next + 1) % KEYED;
    Cipher cipher = ciphers[place];
    if (cipher == null) {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      ciphers[place] = cipher;
    }
    keyedFor[place] = null; // whatever fails from here on, the one before has it no more
    cipher.init(Cipher.ENCRYPT_MODE, stream.key(), stream.block());
    cipher.update(skipped, 0, stream.used(), skipped, 0);
    keyedFor[place] = stream;
    stream.place(place);
    return cipher;
  }

  /** Lets go of a stream whose connection is over: its key is kept here no longer. */
  public void forget(CtrStream stream) {
    int place = stream.place();
    Cipher cipher = ciphers[place];
    if (cipher == null || keyedFor[place] != stream) {
      return;
    }
    keyedFor[place] = null;
    try {
      cipher.init(Cipher.ENCRYPT_MODE, NO_KEY, NO_COUNTER);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
