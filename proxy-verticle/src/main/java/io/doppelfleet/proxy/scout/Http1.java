package io.doppelfleet.proxy.scout;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** HTTP/1.1 (RFC 9112). */
final class Http1 implements Web {
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int MOST_HEADERS = 200;

  private final InputStream in;
  private final OutputStream out;
  private final String host;
  private final byte[] chunk = new byte[16 * 1024];

  Http1(InputStream in, OutputStream out, String host) {
    this.in = new BufferedInputStream(in, 16 * 1024);
    this.out = out;
    this.host = host;
  }

  @Override
  public Answer get(String path, long most) throws IOException {
    StringBuilder request = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
    header(request, "host", host);
    HEADERS.forEach(each -> header(request, each.getKey(), each.getValue()));
    out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    out.flush();
    int status;
    Map<String, String> headers;
    do {
      status = status(line());
      headers = headers();
    } while (status < 200);
    Body body = new Body();
    boolean whole = true;
    boolean framed = true;
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      whole = chunks(body, most);
    } else if (status != 204 && status != 304) {
      String length = headers.get("content-length");
      framed = length != null;
      whole = bytes(body, length == null ? Long.MAX_VALUE : number(length, 10), most);
    }
    boolean more = whole && framed && !"close".equalsIgnoreCase(headers.get("connection"));
    return new Answer(status, headers, body.kept(), body.bytes(), more);
  }

  /** An answer that was left ends the connection. */
  @Override
  public void settle() {}

  private static void header(StringBuilder request, String name, String value) {
    request.append(name).append(": ").append(value).append("\r\n");
  }

  private static int status(String line) throws IOException {
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new ProtocolException("it answers no HTTP/1.1");
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int i = 0; i < MOST_HEADERS; i++) {
      String line = line();
      if (line.isEmpty()) {
        return headers;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    throw new ProtocolException("it answers with more than " + MOST_HEADERS + " headers");
  }

  private boolean chunks(Body body, long most) throws IOException {
    while (true) {
      long length = number(line().split(";", 2)[0].strip(), 16);
      if (length == 0) {
        headers(); // trailers
        return true;
      }
      if (!bytes(body, length, most)) {
        return false;
      }
      line();
    }
  }

  /** Reads so many bytes, or to the stream's end; false where the body came to the most. */
  private boolean bytes(Body body, long length, long most) throws IOException {
    long left = length;
    while (left > 0) {
      if (body.bytes() >= most) {
        return false;
      }
      int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (read < 0) {
        if (length == Long.MAX_VALUE) {
          return true;
        }
        throw new ProtocolException("an answer was cut");
      }
      body.add(chunk, 0, read);
      left -= read;
    }
    return true;
  }

  private static long number(String text, int radix) throws ProtocolException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through: a length that is none.
    }
    throw new ProtocolException("an answer has a length that is none");
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new ProtocolException("the connection ended instead of an answer");
      }
      if (next == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      if (line.length() == LONGEST_LINE) {
        throw new ProtocolException("an answer has a line of more than " + LONGEST_LINE + " bytes");
      }
      line.append((char) next);
    }
  }
}
