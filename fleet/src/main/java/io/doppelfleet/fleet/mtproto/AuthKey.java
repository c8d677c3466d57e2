package io.doppelfleet.fleet.mtproto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a client and the data centre share after the key exchange, and how messages are sealed with
 * it (<a href="https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-
 * vector">MTProto 2.0</a>). Shared by the client's connections, which may be on several threads.
 */
public final class AuthKey {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int KEY_LENGTH = 256;
  private static final int ID_LENGTH = 8;
  private static final int MSG_KEY_LENGTH = 16;

  /** Salt, session, message id, sequence number, length. */
  private static final int INNER_HEADER = 32;

  private static final int LEAST_PADDING = 12;
  private static final int MOST_PADDING = 1024;

  private final byte[] key;
  private final byte[] hash;
  private final long salt;
  private final Set<Long> sessions = ConcurrentHashMap.newKeySet();

  /**
   * As it was agreed on.
   *
   * @param key 256 bytes
   * @param salt the first one
   */
  public AuthKey(byte[] key, long salt) {
    if (key.length != KEY_LENGTH) {
      throw new IllegalArgumentException("an auth key has 256 bytes, this has " + key.length);
    }
    this.key = key;
    this.salt = salt;
    hash = Digests.sha1(key);
  }

  /** {@code auth_key_id}: how messages name the key. */
  public long id() {
    return ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN).getLong(12);
  }

  /** {@code auth_key_aux_hash}, by which the exchange is confirmed. */
  public byte[] auxiliaryHash() {
    return Arrays.copyOf(hash, 8);
  }

  /** The one salt that messages must carry. */
  public long salt() {
    return salt;
  }

  /** True when the session was never seen with this key. */
  public boolean begins(long session) {
    return sessions.add(session);
  }

  /** Who wrote a message: it chooses the part of the key that is used. */
  public enum Sender {
    /** The one that has asked for the key. */
    CLIENT(0),
    /** The other one. */
    DATACENTER(8);

    private final int x;

    Sender(int x) {
      this.x = x;
    }
  }

  /**
   * What is inside an encrypted message.
   *
   * @param body one TL object
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Message(long salt, long session, long id, int sequence, byte[] body) {}

  /** {@code auth_key_id msg_key encrypted_data}. */
  public byte[] seal(Message message, Sender sender) {
    int length = INNER_HEADER + message.body.length;
    int padding = LEAST_PADDING + (-(length + LEAST_PADDING) & 15);
    byte[] filling = new byte[padding];
    RANDOM.nextBytes(filling);
    byte[] plain =
        new TlWriter()
            .int64(message.salt)
            .int64(message.session)
            .int64(message.id)
            .int32(message.sequence)
            .int32(message.body.length)
            .raw(message.body)
            .raw(filling)
            .toByteArray();
    byte[] msgKey = msgKey(plain, sender);
    return new TlWriter()
        .int64(id())
        .raw(msgKey)
        .raw(cipher(msgKey, sender).encrypt(plain))
        .toByteArray();
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @param frame may end with up to 15 bytes of the transport's padding
   * @throws MalformedMessageException when anything was altered
   */
  public Message open(byte[] frame, Sender sender) {
    int from = ID_LENGTH + MSG_KEY_LENGTH;
    if (frame.length < from + INNER_HEADER) {
      throw new MalformedMessageException("an encrypted message of " + frame.length + " bytes");
    }
    byte[] msgKey = Arrays.copyOfRange(frame, ID_LENGTH, from);
    byte[] sealed = Arrays.copyOfRange(frame, from, from + ((frame.length - from) & ~15));
    byte[] plain = cipher(msgKey, sender).decrypt(sealed);
    if (!Arrays.equals(msgKey, msgKey(plain, sender))) {
      throw new MalformedMessageException("msg_key doesn't match");
    }
    TlReader in = new TlReader(plain);
    long theirSalt = in.int64();
    long session = in.int64();
    long id = in.int64();
    int sequence = in.int32();
    byte[] body = in.raw(in.int32());
    if (in.remaining() < LEAST_PADDING || in.remaining() > MOST_PADDING) {
      throw new MalformedMessageException(in.remaining() + " bytes of padding");
    }
    return new Message(theirSalt, session, id, sequence, body);
  }

  private byte[] msgKey(byte[] plain, Sender sender) {
    byte[] large = Digests.sha256(Arrays.copyOfRange(key, 88 + sender.x, 120 + sender.x), plain);
    return Arrays.copyOfRange(large, 8, 24);
  }

  private AesIge cipher(byte[] msgKey, Sender sender) {
    int x = sender.x;
    byte[] a = Digests.sha256(msgKey, Arrays.copyOfRange(key, x, x + 36));
    byte[] b = Digests.sha256(Arrays.copyOfRange(key, 40 + x, 76 + x), msgKey);
    return new AesIge(woven(a, b), woven(b, a));
  }

  /** The outer bytes of the one around the inner of the other. */
  private static byte[] woven(byte[] outer, byte[] inner) {
    byte[] bytes = outer.clone();
    System.arraycopy(inner, 8, bytes, 8, 16);
    return bytes;
  }
}
