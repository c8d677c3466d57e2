package io.doppelfleet.proxy.scout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** HTTP over one connection, one request at a time. */
interface Web {
  /** What a browser says besides, in its order; names as HTTP/2 writes them. */
  List<Map.Entry<String, String>> HEADERS =
      List.of(
          Map.entry(
              "user-agent",
              "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                  + " Chrome/142.0.0.0 Safari/537.36"),
          Map.entry("accept", "text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8"),
          Map.entry("accept-encoding", "gzip, deflate"),
          Map.entry("accept-language", "en-US,en;q=0.9"));

  /**
   * Gets a path and reads the answer to its end, or until {@code most} bytes of its body have come.
   *
   * @throws IOException where the connection can be used no more
   */
  Answer get(String path, long most) throws IOException;

  /**
   * Waits until all has come of an answer that was not read to its end.
   *
   * @throws IOException where the connection can be used no more
   */
  void settle() throws IOException;

  /**
   * A response.
   *
   * @param status code
   * @param headers by name in lower case, the last of each
   * @param body its first bytes as they were sent, at most {@link Body#KEPT}
   * @param bytes of the whole body
   * @param more whether the connection takes another request
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, Map<String, String> headers, byte[] body, long bytes, boolean more) {}

  /** Keeps the beginning of a body, enough to find links. */
  final class Body {
    static final int KEPT = 256 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long bytes;

    void add(byte[] from, int offset, int length) {
      kept.write(from, offset, Math.min(length, KEPT - kept.size()));
      bytes += length;
    }

    long bytes() {
      return bytes;
    }

    byte[] kept() {
      return kept.toByteArray();
    }
  }
}
