package io.doppelfleet.bench.stealth.records;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.doppelfleet.bench.stealth.scene.Pages;
import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.bench.stealth.wire.TlsTalk;
import io.doppelfleet.bench.stealth.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;

/**
 * A browser's connection: HTTP/1.1, or HTTP/2 with the settings of Chrome's. As a browser's, its
 * first request comes right behind its Finished, so tickets and settings come with the first
 * answer.
 */
final class WebVisitor implements Visitor {
  private static final int LARGE_WINDOW = 6_291_456;
  private static final int MORE_WINDOW = 15_663_105;
  private static final int TABLE = 65_536;
  private static final int HEADS = 262_144;

  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int HEADERS = 1;
  private static final int END_STREAM_AND_HEADERS = 5;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int FRAME_HEADER = 9;

  private final Pages pages;
  private final boolean h2;
  private final Iterator<String> paths;
  private final Wire wire;
  private final TlsTalk talk;
  private int stream = 1;
  private int contentSeen;
  private boolean asked;

  /**
   * Connects, and sends its Finished.
   *
   * @param paths of the pages that it asks for
   */
  WebVisitor(Site site, Pages pages, boolean h2, List<String> paths) throws IOException {
    this.pages = pages;
    this.h2 = h2;
    this.paths = paths.iterator();
    wire = Wire.connect(site.address());
    // All browsers offer both, and a ticket is longer where the server could choose.
    talk = new TlsTalk(wire, Site.HOST, List.of("TLSv1.3"), List.of("h2", "http/1.1"));
    talk.handshake();
  }

  @Override
  public Response ask() throws IOException {
    String path = paths.next();
    int length = (int) Files.size(pages.directory().resolve(path.substring(1)));
    int from = wire.receivedLength();
    if (h2) {
      byte[] request = frame(HEADERS, END_STREAM_AND_HEADERS, stream, headers(path));
      talk.send(asked ? request : join(preface(), request));
      stream += 2;
    } else {
      talk.send(
          ("GET " + path + " HTTP/1.1\r\nHost: " + Site.HOST + "\r\nAccept: */*\r\n\r\n")
              .getBytes(US_ASCII));
    }
    Response response = Visitor.take(wire, from, length, () -> isWhole(length));
    int content = talk.plainLength() - contentSeen;
    contentSeen += content;
    if (h2) {
      byte[] window = frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(content).array());
      talk.send(asked ? window : join(frame(SETTINGS, ACK, 0, new byte[0]), window));
      wire.readUntilQuiet(PAUSE);
    }
    asked = true;
    return response;
  }

  /** Whether all of an answer with so long a body has come. */
  private boolean isWhole(int length) {
    byte[] content = talk.plainFrom(contentSeen);
    if (!h2) {
      int end = new String(content, ISO_8859_1).indexOf("\r\n\r\n");
      return end >= 0 && content.length >= end + 4 + length;
    }
    ByteBuffer frames = ByteBuffer.wrap(content);
    while (frames.remaining() >= FRAME_HEADER) {
      int payload = frames.getInt(frames.position()) >>> 8;
      int type = frames.get(frames.position() + 3);
      int flags = frames.get(frames.position() + 4);
      if (frames.remaining() < FRAME_HEADER + payload) {
        return false;
      }
      if (type <= HEADERS && (flags & END_STREAM) != 0) {
        return true;
      }
      frames.position(frames.position() + FRAME_HEADER + payload);
    }
    return false;
  }

  private static byte[] preface() {
    byte[] settings =
        ByteBuffer.allocate(24)
            .putShort((short) 1) // a table for heads, of which a server says that it uses it
            .putInt(TABLE)
            .putShort((short) 2) // no push
            .putInt(0)
            .putShort((short) 4) // a stream's window
            .putInt(LARGE_WINDOW)
            .putShort((short) 6) // all heads together
            .putInt(HEADS)
            .array();
    byte[] window = ByteBuffer.allocate(4).putInt(MORE_WINDOW).array();
    byte[] magic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
    return join(magic, frame(SETTINGS, 0, 0, settings), frame(WINDOW_UPDATE, 0, 0, window));
  }

  /** Literals without indexing (RFC 7541, 6.2.2), names from the static table. */
  private static byte[] headers(String path) {
    byte[] fixed = {(byte) 0x82, (byte) 0x87}; // GET, https
    byte[] pathHead = {0x04, (byte) path.length()};
    byte[] hostHead = {0x01, (byte) Site.HOST.length()};
    return join(fixed, pathHead, path.getBytes(US_ASCII), hostHead, Site.HOST.getBytes(US_ASCII));
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) 0)
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
