package io.doppelfleet.proxy.hello;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/**
 * The hellos of Telegram's clients, as they were captured in 2026. What TDLib sends, Android, iOS
 * and mtcute send too.
 */
public final class KnownClients {
  /**
   * The suites of TLS 1.3 in the order in which all of them offer them, and Chrome, by the JDK's
   * names. Where a server takes the client's first, what it says later depends on it: OpenSSL's
   * tickets are longer by 16 bytes under SHA-384.
   */
  public static final List<String> TLS13_SUITES =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final String SUITES =
      "0a0a130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035";

  /** Telegram Desktop 4.6.5, and all clients of its years: 517 bytes, X25519 alone. */
  private static final List<String> CLASSIC =
      List.of(
          "0a0a 0000",
          "0000 0006 0004 00 0001 61",
          "0017 0000",
          "ff01 0001 00",
          "000a 000a 0008 0a0a 001d 0017 0018",
          "000b 0002 0100",
          "0023 0000",
          "0010 000e 000c 0268 3208 6874 7470 2f31 2e31",
          "0005 0005 0100000000",
          "000d 0012 0010 0403 0804 0401 0503 0805 0501 0806 0601",
          "0012 0000",
          "0033 002b 0029 0a0a 0001 00 001d 0020 " + "00".repeat(32),
          "002d 0002 0101",
          "002b 000b 0a 0a0a 0304 0303 0302 0301",
          "001b 0003 02 0002",
          "1a1a 0001 00");

  private static final int CLASSIC_LENGTH = 517;

  /** TDLib 1.8.65: X25519MLKEM768, ECH for nobody, in random order; 1746 bytes and more. */
  private static final List<String> HYBRID =
      List.of(
          "0a0a 0000",
          "0000 0006 0004 00 0001 61",
          "0017 0000",
          "ff01 0001 00",
          "000a 000c 000a 0a0a 11ec 001d 0017 0018",
          "000b 0002 0100",
          "0023 0000",
          "0010 000e 000c 0268 3208 6874 7470 2f31 2e31",
          "0005 0005 0100000000",
          "000d 0012 0010 0403 0804 0401 0503 0805 0501 0806 0601",
          "0012 0000",
          "0033 04ef 04ed 0a0a 0001 00 11ec 04c0 "
              + "00".repeat(1216)
              + " 001d 0020 "
              + "00".repeat(32),
          "002d 0002 0101",
          "002b 0007 06 0a0a 0304 0303",
          "001b 0003 02 0002",
          "fe0d 00da 0000 0100 0100 0020 " + "00".repeat(32) + " 00b0 " + "00".repeat(176),
          "44cd 0005 0003 0268 32",
          "1a1a 0001 00");

  private static final HelloMould TDLIB = mould(HYBRID, 0, true);
  private static final HelloMould DESKTOP = mould(CLASSIC, CLASSIC_LENGTH, false);

  private KnownClients() {}

  /** TDLib's hellos, and those of most phones. */
  public static HelloMould tdlib() {
    return TDLIB;
  }

  /** Telegram Desktop's hellos before it took TDLib's. */
  public static HelloMould desktop() {
    return DESKTOP;
  }

  private static HelloMould mould(List<String> extensions, int paddedTo, boolean shuffled) {
    HexFormat hex = HexFormat.of();
    byte[] suites = hex.parseHex(SUITES);
    byte[] all = hex.parseHex(String.join("", extensions).replace(" ", ""));
    int start = ClientHello.RANDOM_AT + ClientHello.RANDOM_LENGTH;
    int end = start + 1 + 32 + 2 + suites.length + 2 + 2 + all.length;
    int padding = paddedTo == 0 ? 0 : paddedTo - end;
    ByteBuffer out = ByteBuffer.allocate(end + padding);
    out.position(start).put((byte) 32).position(start + 33);
    out.putShort((short) suites.length).put(suites).put((byte) 1).put((byte) 0);
    out.putShort((short) (all.length + padding)).put(all);
    if (padding > 0) {
      out.putShort((short) 21).putShort((short) (padding - 4));
    }
    try {
      return HelloMould.of(new ClientHello(out.array()), shuffled).orElseThrow();
    } catch (MalformedHelloException e) {
      throw new IllegalStateException(e);
    }
  }
}
