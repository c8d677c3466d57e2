package io.doppelfleet.fleet.mtproto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * TL's {@code gzip_packed}: a client may pack any object so, at any depth. In spite of the name
 * both gzip (RFC 1952, TDLib) and zlib (RFC 1950, mtcute) are in use.
 */
public final class Gzip {
  /** Its constructor. */
  public static final int PACKED = 0x3072cfa1;

  /** Twice what a client may put into one message, containers included; of both ends. */
  private static final int LONGEST = 2 * 1024 * 1024;

  private static final byte GZIP_MAGIC = 0x1f;

  private Gzip() {}

  /** Reads what follows the constructor; what it packs is at most a frame long. */
  public static TlReader unpack(TlReader in) {
    try (InputStream packed = inflating(in.bytes())) {
      byte[] bytes = packed.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new MalformedMessageException("gzip_packed holds more than a frame may");
      }
      return new TlReader(bytes);
    } catch (IOException e) {
      throw new MalformedMessageException("gzip_packed: " + e.getMessage());
    }
  }

  private static InputStream inflating(byte[] packed) throws IOException {
    InputStream bytes = new ByteArrayInputStream(packed);
    return packed.length > 0 && packed[0] == GZIP_MAGIC
        ? new GZIPInputStream(bytes)
        : new InflaterInputStream(bytes);
  }
}
