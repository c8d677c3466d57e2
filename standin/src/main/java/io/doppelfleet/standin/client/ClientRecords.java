package io.doppelfleet.standin.client;

import io.doppelfleet.standin.wire.Obfuscated2;
import java.util.Arrays;

/** What a FakeTLS client sends after its hello. */
public final class ClientRecords {
  private static final byte[] CHANGE_CIPHER_SPEC = {20, 3, 3, 0, 1, 1};

  private ClientRecords() {}

  /**
   * ChangeCipherSpec, and a record with the stream's header and what is said first.
   *
   * @param first not encrypted yet, 0..65471 bytes
   */
  public static byte[] opening(Obfuscated2 stream, byte[] first) {
    byte[] sealed = first.clone();
    stream.encrypt(sealed, 0, sealed.length);
    byte[] payload = new ByteSink().bytes(stream.header()).bytes(sealed).toBytes();
    return new ByteSink().bytes(CHANGE_CIPHER_SPEC).bytes(record(payload)).toBytes();
  }

  /** A record of application data, of any length that its header can say: 0..65535. */
  public static byte[] record(byte[] payload) {
    return new ByteSink()
        .u8(Tls.APPLICATION_DATA)
        .u16(Tls.TLS_1_2)
        .u16(payload.length)
        .bytes(payload)
        .toBytes();
  }

  /** The bytes in records of one length, the last being shorter. */
  public static byte[] records(byte[] bytes, int recordLength) {
    ByteSink out = new ByteSink();
    for (int at = 0; at < bytes.length; at += recordLength) {
      out.bytes(record(Arrays.copyOfRange(bytes, at, Math.min(at + recordLength, bytes.length))));
    }
    return out.toBytes();
  }
}
