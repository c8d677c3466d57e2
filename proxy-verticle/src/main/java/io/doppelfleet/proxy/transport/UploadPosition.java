package io.doppelfleet.proxy.transport;

import io.doppelfleet.proxy.record.RecordReader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Where a client's upload stands: in its records, and in the two key streams out of one of which
 * and into the other of which it passes. The keys of both follow from the client's header, and both
 * have moved on by as many bytes; so a connection keeps 48 bytes of that header and one number, and
 * borrows ciphers of its loop's {@link LoopCiphers}, a thousand bytes each. What passes an upload
 * on extends it: an idle pair has no room for one more object, nor for an array.
 */
public class UploadPosition extends RecordReader {
  private final long keys0;
  private final long keys1;
  private final long keys2;
  private final long keys3;
  private final long keys4;
  private final long keys5;
  private final byte[] secret;

  /** Bytes of either stream that are used up. */
  private long position = Obfuscated2.HEADER_LENGTH;

  private byte place;
  private char keyedAt;

  /**
   * After the headers.
   *
   * @param records where the client's records stand
   * @param opened by the client's header
   */
  protected UploadPosition(RecordReader records, Obfuscated2 opened) {
    super(records);
    ByteBuffer keys = ByteBuffer.wrap(opened.keys());
    keys0 = keys.getLong();
    keys1 = keys.getLong();
    keys2 = keys.getLong();
    keys3 = keys.getLong();
    keys4 = keys.getLong();
    keys5 = keys.getLong();
    secret = opened.secret();
  }

  /** As the client's header had them. */
  private void putKeys(byte[] into) {
    ByteBuffer.wrap(into)
        .putLong(keys0)
        .putLong(keys1)
        .putLong(keys2)
        .putLong(keys3)
        .putLong(keys4)
        .putLong(keys5);
  }

  /**
   * Key and first counter block of the stream that the client encrypts with.
   *
   * @param into 48 bytes
   */
  final void fromClient(byte[] into, MessageDigest sha256) {
    putKeys(into);
    Obfuscated2.clientKeys(into, secret, sha256);
  }

  /**
   * Key and first counter block of the stream that the data centre decrypts with.
   *
   * @param into 48 bytes
   */
  final void toDatacenter(byte[] into, MessageDigest sha256) {
    putKeys(into);
    Obfuscated2.datacenterKeys(into, secret, sha256);
  }

  /** Bytes of either stream that are used up. */
  final long position() {
    return position;
  }

  final void advance(int bytes) {
    position += bytes;
  }

  /** Where its ciphers are, if it has any. */
  final int place() {
    return Byte.toUnsignedInt(place);
  }

  /** The last keying for it; of one that never was, the number says nothing. */
  final char keyedAt() {
    return keyedAt;
  }

  /**
   * Remembers where its ciphers are.
   *
   * @param place 0 to 255
   * @param keying which one of its loop's; they count round, so who was keyed very long ago may
   *     seem to have been just now, and costs another one's place: a whole number is 8 bytes more
   *     of each pair
   */
  final void keyed(int place, char keying) {
    this.place = (byte) place;
    this.keyedAt = keying;
  }
}
