package io.doppelfleet.proxy.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

  private static final int KEYS_FROM = 8;
  private static final int KEYS_TO = 56;
  private static final int KEY_LENGTH = 32;
  private static final int TAG_AT = 56;
  private static final int DATACENTER_AT = 60;

  private final int tag;
  private final int datacenter;
  private final CtrStream upload;
  private final byte[] downloadKeys;

  private Obfuscated2(int tag, int datacenter, CtrStream upload, byte[] downloadKeys) {
    this.tag = tag;
    this.datacenter = datacenter;
    this.upload = upload;
    this.downloadKeys = downloadKeys;
  }

  /**
   * Reads a client's header.
   *
   * @param header 64 bytes as they came
   * @param secret the 16 key bytes that are mixed in
   * @return null where the tag is none of the three, that is, the keys are wrong
   */
  public static @Nullable Obfuscated2 open(byte[] header, byte[] secret, LoopCipher cipher) {
    byte[] reversed = reversed(header);
    CtrStream upload =
        new CtrStream(
            mixed(Arrays.copyOfRange(header, KEYS_FROM, KEYS_FROM + KEY_LENGTH), secret),
            Arrays.copyOfRange(header, KEYS_FROM + KEY_LENGTH, KEYS_TO));
    byte[] plain = header.clone();
    cipher.apply(upload, plain, 0, HEADER_LENGTH);
    ByteBuffer fields = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    int tag = fields.getInt(TAG_AT);
    if (tag != 0xdddddddd && tag != 0xeeeeeeee && tag != 0xefefefef) {
      cipher.forget(upload);
      return null;
    }
    byte[] keys = Arrays.copyOf(mixed(Arrays.copyOf(reversed, KEY_LENGTH), secret), 48);
    System.arraycopy(reversed, KEY_LENGTH, keys, KEY_LENGTH, 16);
    return new Obfuscated2(tag, fields.getShort(DATACENTER_AT), upload, keys);
  }

  /** The data centre as the client wrote it: negative for media, 0 for none in particular. */
  public int datacenter() {
    return datacenter;
  }

  /** The client's upload, after its header. */
  public CtrStream upload() {
    return upload;
  }

  /** A leg to a data centre: what it is sent first, and the stream that follows. */
  public static final class Opening {
    private final byte[] header;
    private final CtrStream upload;

    private Opening(byte[] header, CtrStream upload) {
      this.header = header;
      this.upload = upload;
    }

    /** The 64 bytes to send first. */
    public byte[] header() {
      return header.clone();
    }

    /** What encrypts all that follows. */
    public CtrStream upload() {
      return upload;
    }
  }

  /**
   * Opens the leg to the data centre with the client's tag, and with keys of which the data centre
   * makes the very stream that the client decrypts downloads with.
   */
  public Opening towardsDatacenter(RandomGenerator random, LoopCipher cipher) {
    byte[] header = new byte[HEADER_LENGTH];
    do {
      random.nextBytes(header);
    } while (reserved(header));
    for (int i = 0; i < downloadKeys.length; i++) {
      header[KEYS_TO - 1 - i] = downloadKeys[i];
    }
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(TAG_AT, tag)
        .putShort(DATACENTER_AT, (short) datacenter);
    CtrStream upload =
        new CtrStream(
            Arrays.copyOfRange(header, KEYS_FROM, KEYS_FROM + KEY_LENGTH),
            Arrays.copyOfRange(header, KEYS_FROM + KEY_LENGTH, KEYS_TO));
    byte[] sealed = header.clone();
    cipher.apply(upload, sealed, 0, HEADER_LENGTH);
    System.arraycopy(sealed, KEYS_TO, header, KEYS_TO, HEADER_LENGTH - KEYS_TO);
    return new Opening(header, upload);
  }

  /** Beginnings by which servers tell other protocols on the same port. */
  private static boolean reserved(byte[] header) {
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

  /** Bytes 8..56, last first. */
  private static byte[] reversed(byte[] header) {
    byte[] reversed = new byte[KEYS_TO - KEYS_FROM];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = header[KEYS_TO - 1 - i];
    }
    return reversed;
  }

  private static byte[] mixed(byte[] key, byte[] secret) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(key);
      return sha256.digest(secret);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
