package io.doppelfleet.bench.stealth.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What bytes from a server say to who can't decrypt them. */
final class RecordLog {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private static final int SERVER_HELLO = 2;
  private static final int PLAIN_ALERT = 2;

  /**
   * More records in a row than this are a download, whose records meet at other places each time.
   */
  private static final int DOWNLOAD = 24;

  /** RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest" begins so. */
  private static final int RETRY = 0xcf21ad74;

  private final List<Piece> pieces = new ArrayList<>();
  private boolean encrypted;

  private RecordLog() {}

  static List<Piece> read(byte[] bytes) {
    RecordLog log = new RecordLog();
    log.take(ByteBuffer.wrap(bytes));
    return log.joined();
  }

  private void take(ByteBuffer in) {
    while (in.remaining() >= 5) {
      int at = in.position();
      int type = in.get(at) & 0xff;
      int version = in.getShort(at + 1) & 0xffff;
      int length = in.getShort(at + 3) & 0xffff;
      if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA || version >> 8 != 3) {
        break;
      }
      if (in.remaining() < 5 + length) {
        pieces.add(Piece.of("cut record " + type));
        return;
      }
      String tag = version == 0x0303 ? "" : " version " + Integer.toHexString(version);
      record(type, tag, in.slice(at + 5, length));
      in.position(at + 5 + length);
    }
    if (in.hasRemaining()) {
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      pieces.add(Piece.of("text " + Plain.masked(rest)));
    }
  }

  private void record(int type, String tag, ByteBuffer body) {
    switch (type) {
      case CHANGE_CIPHER_SPEC -> {
        encrypted = true;
        pieces.add(Piece.of("ccs" + tag));
      }
      case ALERT -> {
        if (body.remaining() == PLAIN_ALERT) {
          pieces.add(Piece.of("alert " + body.get() + "/" + body.get() + tag));
        } else {
          pieces.add(new Piece("sealed alert" + tag, body.remaining()));
        }
      }
      case HANDSHAKE -> {
        if (encrypted) {
          pieces.add(new Piece("sealed handshake" + tag, body.remaining()));
        } else {
          messages(tag, body);
        }
      }
      default -> pieces.add(new Piece("data" + tag, body.remaining()));
    }
  }

  private void messages(String tag, ByteBuffer body) {
    StringBuilder text = new StringBuilder("handshake" + tag);
    int length = 0;
    try {
      while (body.hasRemaining()) {
        int head = body.getInt();
        ByteBuffer message = body.slice(body.position(), head & 0xffffff);
        body.position(body.position() + message.remaining());
        if (head >>> 24 == SERVER_HELLO) {
          text.append(' ').append(serverHello(message));
        } else {
          text.append(" message ").append(head >>> 24);
          length += message.remaining();
        }
      }
    } catch (RuntimeException e) { // one of the buffer's: a length that points outside
      text.append(" malformed");
    }
    pieces.add(new Piece(text.toString(), length));
  }

  private static String serverHello(ByteBuffer in) {
    int version = in.getShort() & 0xffff;
    boolean retry = in.getInt(2) == RETRY;
    in.position(34);
    int session = in.get() & 0xff;
    in.position(in.position() + session);
    int suite = in.getShort() & 0xffff;
    in.get(); // compression
    StringBuilder text = new StringBuilder(retry ? "retry" : "hello");
    text.append(String.format(" %04x session %d suite %04x", version, session, suite));
    if (in.hasRemaining()) {
      in.getShort();
      while (in.hasRemaining()) {
        int type = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        text.append(' ').append(type).append(':').append(length);
        if (type == 51) {
          text.append(String.format("(%04x)", in.getShort(in.position()) & 0xffff));
        }
        in.position(in.position() + length);
      }
    }
    return text.toString();
  }

  /** A download's records count as one piece. */
  private List<Piece> joined() {
    List<Piece> joined = new ArrayList<>();
    for (int at = 0; at < pieces.size(); ) {
      int end = at;
      while (end < pieces.size() && pieces.get(end).text().equals("data")) {
        end++;
      }
      if (end - at > DOWNLOAD) {
        joined.addAll(pieces.subList(at, at + DOWNLOAD / 2));
        joined.add(Piece.of("more data"));
        at = end;
      } else {
        joined.add(pieces.get(at));
        at++;
      }
    }
    return joined;
  }
}
