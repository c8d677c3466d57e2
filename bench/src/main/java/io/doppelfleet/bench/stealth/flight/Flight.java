package io.doppelfleet.bench.stealth.flight;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A server's first flight, as far as it can be read without a key.
 *
 * @param hello the ServerHello without its random bytes: suite, group, extensions in their order,
 *     whether the session id is the client's
 * @param specs change_cipher_specs
 * @param sealed payload lengths of the encrypted records, in bytes
 * @param length bytes in all, headers included
 */
record Flight(String hello, int specs, List<Integer> sealed, int length) {
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;
  private static final int RETRY = 0xcf21ad74;

  Flight {
    sealed = List.copyOf(sealed);
  }

  /**
   * Reads one.
   *
   * @param asked the ClientHello's record
   */
  static Flight read(byte[] bytes, byte[] asked) {
    String hello = "no ServerHello";
    int specs = 0;
    List<Integer> sealed = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= 5) {
      int type = in.get() & 0xff;
      in.getShort();
      int length = Math.min(in.getShort() & 0xffff, in.remaining());
      switch (type) {
        case CHANGE_CIPHER_SPEC -> specs++;
        case HANDSHAKE -> hello = hello(in.slice(in.position(), length), asked);
        case APPLICATION_DATA -> sealed.add(length);
        default -> hello = "record of type " + type;
      }
      in.position(in.position() + length);
    }
    return new Flight(hello, specs, sealed, bytes.length);
  }

  private static String hello(ByteBuffer in, byte[] asked) {
    boolean retry = in.getInt(6) == RETRY;
    in.position(38);
    byte[] session = new byte[in.get() & 0xff];
    in.get(session);
    boolean echoed = ByteBuffer.wrap(asked, 44, asked[43]).equals(ByteBuffer.wrap(session));
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT, "%ssuite %04x", retry ? "retry, " : "", in.getShort() & 0xffff));
    in.get();
    in.getShort();
    text.append(", session id ").append(echoed ? "echoed" : "not echoed").append(", extensions");
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      int length = in.getShort() & 0xffff;
      text.append(' ').append(type);
      if (type == 51) {
        text.append(String.format(Locale.ROOT, "(%04x)", in.getShort(in.position()) & 0xffff));
      }
      in.position(in.position() + length);
    }
    return text.toString();
  }
}
