package io.doppelfleet.bench.datacenter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** TL's {@code gzip_packed}: a client may pack any object so, at any depth. */
final class Gzip {
  static final int PACKED = 0x3072cfa1;

  private Gzip() {}

  /** Reads what follows the constructor; what it packs is at most a frame long. */
  static TlReader unpack(TlReader in) {
    try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(in.bytes()))) {
      byte[] bytes = packed.readNBytes(FrameCodec.MAX_LENGTH + 1);
      if (bytes.length > FrameCodec.MAX_LENGTH) {
        throw new MalformedMessageException("gzip_packed holds more than a frame may");
      }
      return new TlReader(bytes);
    } catch (IOException e) {
      throw new MalformedMessageException("gzip_packed: " + e.getMessage());
    }
  }
}
