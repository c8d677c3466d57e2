package io.doppelfleet.standin.client;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Bodies of ClientHello extensions, as Telegram's clients have them from Chrome. */
final class Extensions {
  static final int SERVER_NAME = 0;
  static final int PADDING = 21;
  private static final int ECH = 0xfe0d;

  private Extensions() {}

  /** An extension whose body is always the same. */
  static byte[] fixed(int type, String hex) {
    return extension(type, HexFormat.of().parseHex(hex));
  }

  static byte[] serverName(String host) {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    return extension(
        SERVER_NAME,
        new ByteSink().u16(name.length + 3).u8(0).u16(name.length).bytes(name).toBytes());
  }

  static byte[] groups(int grease, Group... groups) {
    ByteSink list = new ByteSink().u16(grease);
    for (Group group : groups) {
      list.u16(group.code());
    }
    // secp256r1 and secp384r1, of which no client sends a share.
    byte[] codes = list.u16(0x17).u16(0x18).toBytes();
    return extension(10, new ByteSink().u16(codes.length).bytes(codes).toBytes());
  }

  static byte[] keyShares(int grease, ClientKeys keys, Group... groups) {
    ByteSink list = new ByteSink().u16(grease).u16(1).u8(0);
    for (Group group : groups) {
      byte[] share = keys.share(group);
      list.u16(group.code()).u16(share.length).bytes(share);
    }
    byte[] shares = list.toBytes();
    return extension(
        Tls.EXTENSION_KEY_SHARE, new ByteSink().u16(shares.length).bytes(shares).toBytes());
  }

  static byte[] supportedVersions(int grease, int... versions) {
    ByteSink list = new ByteSink().u8(2 + 2 * versions.length).u16(grease);
    for (int version : versions) {
      list.u16(version);
    }
    return extension(Tls.EXTENSION_SUPPORTED_VERSIONS, list.toBytes());
  }

  /** Encrypted ClientHello that nobody can decrypt; payloads of 144, 176, 208 or 240 bytes. */
  static byte[] greaseEch(RandomGenerator random) {
    byte[] enc = new byte[32];
    byte[] payload = new byte[144 + 32 * random.nextInt(4)];
    random.nextBytes(enc);
    random.nextBytes(payload);
    return extension(
        ECH,
        new ByteSink()
            .u8(0)
            .u16(1)
            .u16(1)
            .u8(random.nextInt(256))
            .u16(enc.length)
            .bytes(enc)
            .u16(payload.length)
            .bytes(payload)
            .toBytes());
  }

  static byte[] extension(int type, byte[] body) {
    return new ByteSink().u16(type).u16(body.length).bytes(body).toBytes();
  }
}
