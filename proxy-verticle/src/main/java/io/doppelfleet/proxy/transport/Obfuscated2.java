package io.doppelfleet.proxy.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a client's 64 header bytes open, see <a
 * href="https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation">Transport
 * obfuscation</a>, and the header that opens the other leg so that downloads pass without AES (fast
 * mode).
 */
public final class Obfuscated2 {
  /** Bytes of a header. */
  public static final int HEADER_LENGTH = 64;

  /** Bytes of a header that the keys of both ways are made of. */
  static final int KEYS_LENGTH = 48;

  static final int KEYS_FROM = 8;
  static final int KEYS_TO = KEYS_FROM + KEYS_LENGTH;
  private static final int KEY_LENGTH = 32;
  private static final int TAG_AT = 56;
  private static final int DATACENTER_AT = 60;

  private final int tag;
  private final int datacenter;
  private final byte[] keys;
  private final byte[] secret;

  private Obfuscated2(int tag, int datacenter, byte[] keys, byte[] secret) {
    this.tag = tag;
    this.datacenter = datacenter;
    this.keys = keys;
    this.secret = secret;
  }

  /**
   * Reads a client's header.
   *
   * @param header 64 bytes as they came
   * @param secret the 16 key bytes that are mixed in, which nobody may change afterwards
   * @return null where the tag is none of the three, that is, the keys are wrong
   */
  public static @Nullable Obfuscated2 open(byte[] header, byte[] secret, LoopCiphers ciphers) {
    byte[] keys = Arrays.copyOfRange(header, KEYS_FROM, KEYS_TO);
    byte[] mixed = keys.clone();
    clientKeys(mixed, secret, ciphers.sha256());
    byte[] plain = header.clone();
    ciphers.header(mixed, plain);
    ByteBuffer fields = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    int tag = fields.getInt(TAG_AT);
    return tag == 0xdddddddd || tag == 0xeeeeeeee || tag == 0xefefefef
        ? new Obfuscated2(tag, fields.getShort(DATACENTER_AT), keys, secret)
        : null;
  }

  /** The data centre as the client wrote it: negative for media, 0 for none in particular. */
  public int datacenter() {
    return datacenter;
  }

  /** Bytes 8 to 56 of the client's header. */
  byte[] keys() {
    return keys;
  }

  /** The key bytes that are mixed in. */
  byte[] secret() {
    return secret;
  }

  /**
   * The 64 bytes to send to the data centre first: with the client's tag, and with keys of which
   * the data centre makes the very stream that the client decrypts downloads with.
   */
  public byte[] towardsDatacenter(RandomGenerator random, LoopCiphers ciphers) {
    byte[] header = fresh(random);
    byte[] towards = keys.clone();
    datacenterKeys(towards, secret, ciphers.sha256());
    System.arraycopy(towards, 0, header, KEYS_FROM, KEYS_LENGTH);
    say(header, tag, datacenter);
    byte[] sealed = header.clone();
    ciphers.header(towards, sealed);
    System.arraycopy(sealed, KEYS_TO, header, KEYS_TO, HEADER_LENGTH - KEYS_TO);
    return header;
  }

  /** A header that says nothing yet. */
  static byte[] fresh(RandomGenerator random) {
    byte[] header = new byte[HEADER_LENGTH];
    do {
      random.nextBytes(header);
    } while (reserved(header));
    return header;
  }

  /** Writes into a header what its end says once it is encrypted. */
  static void say(byte[] header, int tag, int datacenter) {
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(TAG_AT, tag)
        .putShort(DATACENTER_AT, (short) datacenter);
  }

  /** Beginnings by which servers tell other protocols on the same port. */
  static boolean reserved(byte[] header) {
    ByteBuffer words = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    return header[0] == (byte) 0xef
        || words.getInt(4) == 0
        || switch (words.getInt(0)) {
          case 0x44414548, // HEAD
              0x54534f50, // POST
              0x20544547, // GET
              0x4954504f, // OPTI
              0x02010316, // a TLS record
              0xdddddddd,
              0xeeeeeeee ->
              true;
          default -> false;
        };
  }

  /**
   * Makes what a client encrypts with: a key of 32 bytes and the first counter block.
   *
   * @param keys bytes 8 to 56 of its header, in whose place the result is
   */
  static void clientKeys(byte[] keys, byte[] secret, MessageDigest sha256) {
    sha256.update(keys, 0, KEY_LENGTH);
    sha256.update(secret);
    try {
      sha256.digest(keys, 0, KEY_LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException(e); // there is room
    }
  }

  /**
   * Makes what the data centre decrypts with, and bytes 8 to 56 of the header that it is sent. Last
   * byte first they are what it encrypts with, and what the client decrypts with.
   *
   * @param keys bytes 8 to 56 of the client's header, in whose place the result is
   */
  static void datacenterKeys(byte[] keys, byte[] secret, MessageDigest sha256) {
    reverse(keys);
    clientKeys(keys, secret, sha256);
    reverse(keys);
  }

  static void reverse(byte[] bytes) {
    for (int first = 0, last = bytes.length - 1; first < last; first++, last--) {
      byte swapped = bytes[first];
      bytes[first] = bytes[last];
      bytes[last] = swapped;
    }
  }
}
