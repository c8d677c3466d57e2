package io.doppelfleet.proxy.transport;

import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The AES-256-CTR ciphers that all uploads of an event loop share, in pairs: one takes bytes out of
 * the client's key stream, one puts them into the data centre's. To key a pair takes 1.4 us and 1.6
 * KB of garbage, where 256 bytes pass through both in 0.2 us; so they stay keyed: an upload finds
 * its own again unless as many others were keyed meanwhile as there are pairs.
 *
 * <p>Uploads that speak seldom find nothing again, and all have one pair. If they had the places of
 * the others in turn, what each was keyed with would be old garbage once the next one comes, and
 * stay until all of the heap is collected: 1.3 KB for each of 8,000 pairs that had said four words.
 */
public final class LoopCiphers {
  /**
   * A keyed cipher takes 1 KB of the heap, and all are there once as many clients have come. Those
   * that speak at once are fewer, as a rule. An upload has a byte for its place.
   */
  private static final int KEYED = 256;

  /** The place of those that speak seldom; the others' follow it. */
  private static final int SELDOM = 0;

  private static final int KEY = 32;
  private static final int BLOCK = 16;
  private static final byte[] NO_KEYS = new byte[KEY + BLOCK];

  private final @Nullable Cipher[] clients = new Cipher[KEYED];
  private final @Nullable Cipher[] datacenters = new Cipher[KEYED];

  /** Whose keys each has; the upload says in which place to look. */
  private final @Nullable UploadPosition[] keyedFor = new UploadPosition[KEYED];

  private final Cipher headers = unkeyed();
  private final MessageDigest sha256 = sha256Anew();

  /** A stream's, while a cipher is keyed with them. */
  private final byte[] keys = new byte[KEY + BLOCK];

  private final byte[] skipped = new byte[BLOCK];

  /** Whose turn it is to be keyed anew, of those that are not {@link #SELDOM}. */
  private int next = SELDOM + 1;

  /** How often a pair was keyed; counts round, see {@link UploadPosition#keyed}. */
  private char keyings;

  /**
   * Takes bytes out of the client's stream. All are to be {@link #seal}ed before those of another
   * upload come.
   *
   * @param from holds them next; they are taken from it
   * @param to takes them, from the offset on
   */
  public void open(UploadPosition upload, ByteBuf from, int length, byte[] to, int offset) {
    Cipher cipher = keyed(clients, upload);
    if (from.hasArray()) {
      update(cipher, from.array(), from.arrayOffset() + from.readerIndex(), length, to, offset);
      from.skipBytes(length);
    } else {
      from.readBytes(to, offset, length);
      // In place the JDK's cipher makes a copy first and needs twice the time: for a few bytes.
      update(cipher, to, offset, length, to, offset);
    }
  }

  /** Puts all that was {@link #open}ed into the data centre's stream, and moves the upload on. */
  public void seal(UploadPosition upload, byte[] from, int length, byte[] to) {
    update(keyed(datacenters, upload), from, 0, length, to, 0);
    upload.advance(length);
  }

  /** Encrypts or decrypts what a stream begins with, in place. */
  void header(byte[] keys, byte[] bytes) {
    try {
      key(headers, keys, 0);
      update(headers, bytes, 0, bytes.length, bytes, 0);
    } finally {
      key(headers, NO_KEYS, 0);
    }
  }

  /** Of the event loop, between two digests. */
  MessageDigest sha256() {
    return sha256;
  }

  private Cipher keyed(@Nullable Cipher[] side, UploadPosition upload) {
    if (!isKeyed(upload)) {
      key(upload);
    }
    return Objects.requireNonNull(side[upload.place()]);
  }

  @SuppressWarnings("ReferenceEquality") // itself, and none that is at the same place
  private boolean isKeyed(UploadPosition upload) {
    return keyedFor[upload.place()] == upload;
  }

  private void key(UploadPosition upload) {
    int place = place(upload);
    keyedFor[place] = null; // whatever fails from here on, the one before has it no more
    try {
      upload.fromClient(keys, sha256);
      key(made(clients, place), keys, upload.position());
      upload.toDatacenter(keys, sha256);
      key(made(datacenters, place), keys, upload.position());
    } finally {
      Arrays.fill(keys, (byte) 0);
    }
    keyedFor[place] = upload;
    upload.keyed(place, ++keyings);
  }

  /** One of its own if it would have found it again last time. */
  private int place(UploadPosition upload) {
    if ((char) (keyings - upload.keyedAt()) >= KEYED) {
      return SELDOM;
    }
    int place = next;
    next = next + 1 < KEYED ? next + 1 : SELDOM + 1;
    return place;
  }

  private static Cipher made(@Nullable Cipher[] side, int place) {
    Cipher cipher = side[place];
    if (cipher == null) {
      cipher = unkeyed();
      side[place] = cipher;
    }
    return cipher;
  }

  private static MessageDigest sha256Anew() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static Cipher unkeyed() {
    try {
      return Cipher.getInstance("AES/CTR/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * Keys a cipher to somewhere in a stream.
   *
   * @param keys its key, and the counter block of its first byte, which this counts up
   */
  private void key(Cipher cipher, byte[] keys, long position) {
    long carry = position / BLOCK;
    for (int at = KEY + BLOCK - 1; carry != 0 && at >= KEY; at--) {
      carry += Byte.toUnsignedLong(keys[at]);
      keys[at] = (byte) carry;
      carry >>>= Byte.SIZE;
    }
    try {
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys, 0, KEY, "AES"),
          new IvParameterSpec(keys, KEY, BLOCK));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    update(cipher, skipped, 0, (int) (position % BLOCK), skipped, 0);
  }

  private static void update(
      Cipher cipher, byte[] from, int at, int length, byte[] to, int offset) {
    try {
      cipher.update(from, at, length, to, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets go of an upload whose connection is over: its keys are kept here no longer. */
  public void forget(UploadPosition upload) {
    if (isKeyed(upload)) {
      int place = upload.place();
      keyedFor[place] = null;
      key(made(clients, place), NO_KEYS, 0);
      key(made(datacenters, place), NO_KEYS, 0);
    }
  }
}
