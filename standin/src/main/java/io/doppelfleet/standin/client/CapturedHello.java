package io.doppelfleet.standin.client;

import io.doppelfleet.fleet.Secret;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A hello that a real client sent once. It can be sent again for another secret: all that the
 * client chose stays, its host name, session id, digest and time are new.
 *
 * @param name of the capture
 * @param bytes the record with its header
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CapturedHello(String name, byte[] bytes) {
  private static final String DIRECTORY = "/io/doppelfleet/standin/clienthello/";
  private static final List<String> NAMES =
      List.of(
          "mtcute-clienthello-1",
          "tdesktop465-clienthello-1",
          "tdesktop465-clienthello-2",
          "tdesktop465-clienthello-3",
          "tdesktop465-clienthello-4",
          "tdlib-clienthello-1",
          "tdlib-clienthello-2",
          "tdlib-clienthello-3",
          "tdlib-clienthello-4",
          "tdlib-clienthello-5");

  /** All ten. */
  public static List<CapturedHello> all() throws IOException {
    List<CapturedHello> all = new ArrayList<>();
    for (String name : NAMES) {
      try (InputStream in = CapturedHello.class.getResourceAsStream(DIRECTORY + name + ".bin")) {
        if (in == null) {
          throw new FileNotFoundException(name);
        }
        all.add(new CapturedHello(name, in.readAllBytes()));
      }
    }
    return List.copyOf(all);
  }

  /** As the same client would send it now. */
  public ClientHello forSecret(Secret secret, RandomGenerator random) {
    byte[] sessionId = new byte[32];
    random.nextBytes(sessionId);
    int suites = Tls.SESSION_ID_OFFSET + 1 + bytes[Tls.SESSION_ID_OFFSET];
    int extensions = suites + 2 + Tls.u16(bytes, suites);
    extensions += 1 + bytes[extensions];
    byte[] body = extensions(extensions + 2, secret.host());
    byte[] message =
        new ByteSink()
            .u16(Tls.TLS_1_2)
            .bytes(new byte[Tls.RANDOM_LENGTH])
            .u8(sessionId.length)
            .bytes(sessionId)
            .bytes(Arrays.copyOfRange(bytes, suites, extensions))
            .u16(body.length)
            .bytes(body)
            .toBytes();
    byte[] hello =
        new ByteSink()
            .u8(Tls.HANDSHAKE)
            .u16(0x0301)
            .u16(message.length + 4)
            .u8(1)
            .u24(message.length)
            .bytes(message)
            .toBytes();
    byte[] digest = Tls.hmac(secret.key(), hello);
    long seconds = Instant.now().getEpochSecond();
    for (int i = 0; i < 4; i++) {
      digest[28 + i] ^= (byte) (seconds >>> (8 * i));
    }
    System.arraycopy(digest, 0, hello, Tls.RANDOM_OFFSET, digest.length);
    return new ClientHello(hello, secret.key(), null);
  }

  /** With another name; padding, where there is some, makes up for it. */
  private byte[] extensions(int from, String host) {
    int change = 0;
    List<byte[]> all = new ArrayList<>();
    int padding = -1;
    for (int at = from; at < bytes.length; ) {
      int end = at + 4 + Tls.u16(bytes, at + 2);
      byte[] extension = Arrays.copyOfRange(bytes, at, end);
      int type = Tls.u16(bytes, at);
      if (type == Extensions.SERVER_NAME) {
        extension = Extensions.serverName(host);
        change += extension.length - (end - at);
      } else if (type == Extensions.PADDING) {
        padding = all.size();
      }
      all.add(extension);
      at = end;
    }
    if (padding >= 0) {
      int length = Math.max(0, all.get(padding).length - 4 - change);
      all.set(padding, Extensions.extension(Extensions.PADDING, new byte[length]));
    }
    ByteSink joined = new ByteSink();
    all.forEach(joined::bytes);
    return joined.toBytes();
  }
}
