package io.doppelfleet.standin.client;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ClientHello as one record, and what it takes to check the answer to it.
 *
 * <p>Only well-formed ones: a test that spoils some takes {@link #bytes} and spoils those.
 */
public final class ClientHello {
  private final byte[] bytes;
  private final byte[] key;
  private final @Nullable ClientKeys keys;
  private final List<Integer> suites = new ArrayList<>();
  private final List<Integer> shares = new ArrayList<>();
  private int sniOffset = -1;

  /**
   * One that was built or captured.
   *
   * @param bytes the record with its header
   * @param key the 16 bytes of the secret
   * @param keys whose shares are in it; null when nobody has the private keys any more, then a
   *     server's share is checked by its form only
   */
  public ClientHello(byte[] bytes, byte[] key, @Nullable ClientKeys keys) {
    this.bytes = bytes.clone();
    this.key = key.clone();
    this.keys = keys;
    parse();
  }

  private void parse() {
    int at = Tls.SESSION_ID_OFFSET + 1 + bytes[Tls.SESSION_ID_OFFSET];
    int ciphers = at + 2 + Tls.u16(bytes, at);
    for (at += 2; at < ciphers; at += 2) {
      suites.add(Tls.u16(bytes, at));
    }
    at += 1 + bytes[at] + 2;
    while (at < bytes.length) {
      int type = Tls.u16(bytes, at);
      int length = Tls.u16(bytes, at + 2);
      at += 4;
      if (type == 0 && length > 5) {
        sniOffset = at + 5;
      } else if (type == Tls.EXTENSION_KEY_SHARE) {
        for (int share = at + 2; share < at + length; share += 4 + Tls.u16(bytes, share + 2)) {
          shares.add(Tls.u16(bytes, share));
        }
      }
      at += length;
    }
  }

  /** A copy of the record with its header. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Where in {@link #bytes} the host name of the SNI begins, or -1 without one. */
  public int sniOffset() {
    return sniOffset;
  }

  /**
   * The same message in several records. The digest stays right: it runs over the joined record.
   *
   * @param lengths of the payloads of all records but the last, which takes what is left
   */
  public byte[] inRecords(int... lengths) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = Tls.RECORD_HEADER;
    for (int length : lengths) {
      writeRecord(out, at, length);
      at += length;
    }
    writeRecord(out, at, bytes.length - at);
    return out.toByteArray();
  }

  private void writeRecord(ByteArrayOutputStream out, int offset, int length) {
    out.write(bytes, 0, 3);
    out.write(length >> 8);
    out.write(length);
    out.write(bytes, offset, length);
  }

  /** A copy of the secret's 16 bytes. */
  public byte[] key() {
    return key.clone();
  }

  @Nullable ClientKeys keys() {
    return keys;
  }

  byte[] random() {
    return Arrays.copyOfRange(bytes, Tls.RANDOM_OFFSET, Tls.RANDOM_OFFSET + Tls.RANDOM_LENGTH);
  }

  byte[] sessionId() {
    int from = Tls.SESSION_ID_OFFSET + 1;
    return Arrays.copyOfRange(bytes, from, from + bytes[Tls.SESSION_ID_OFFSET]);
  }

  boolean offersSuite(int suite) {
    return suites.contains(suite);
  }

  boolean hasShareOf(Group group) {
    return shares.contains(group.code());
  }
}
